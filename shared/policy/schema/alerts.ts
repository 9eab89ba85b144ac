import { z } from 'zod';
import type { AlertSettings } from '../../domain/policy.ts';
import { DEFAULTS } from './defaults.ts';
import { compileRoute, routeIssues, routeSchema } from './routes.ts';
import { listOf, numberBetween, refinedBy, repeated, words } from './values.ts';

const A_PAGE = 'an https address without a # part, such as https://docs.example.com/portcullis/controls';

const PAGE = /^https:\/\/[^\s/?#@]+(?:[/?][^\s#]*)?$/;

/** The section `alerts`. */
export const alertSchema = z
  .strictObject(
    {
      perMinute: numberBetween(1, 100)
        .optional()
        .describe(
          'Maximum number of separate messages in a minute. Further messages that are not critical go into a digest. Default 10.',
        ),
      ownerTags: listOf(words('a tag key'), 'tag keys').describe(
        'Tag keys that name the owner of a group. The first key that is set applies. Default owner, Owner, team, Team.',
      ),
      docsUrl: z
        .string({ error: A_PAGE })
        .regex(PAGE, { error: A_PAGE })
        .optional()
        .describe('URL of docs/controls.md. Default: alerts name the command that shows it.'),
      routes: listOf(routeSchema, 'routes').describe(
        'Which messages go to which channels. A message that matches no route goes to the default channels of the secret.',
      ),
    },
    { error: 'a map of perMinute, ownerTags, docsUrl and routes' },
  )
  .superRefine(refinedBy(alertIssues));

interface WrittenAlerts {
  readonly ownerTags?: readonly string[] | undefined;
  readonly routes?: readonly z.infer<typeof routeSchema>[] | undefined;
}

function alertIssues({ ownerTags = DEFAULTS.alerts.ownerTags, routes = [] }: WrittenAlerts) {
  return [
    ...repeated(ownerTags, ['ownerTags']),
    ...routeIssues(routes.map(compileRoute), ownerTags.length > 0).map(({ path, text }) => ({
      path: ['routes', ...path],
      text,
    })),
  ];
}

/** Compiles the section `alerts`. */
export function compileAlerts({
  perMinute,
  ownerTags,
  docsUrl,
  routes,
}: z.infer<typeof alertSchema> = {}): AlertSettings {
  return {
    perMinute: perMinute ?? DEFAULTS.alerts.perMinute,
    ownerTags: ownerTags ?? DEFAULTS.alerts.ownerTags,
    ...(docsUrl !== undefined && { docsUrl }),
    routes: routes?.map(compileRoute) ?? DEFAULTS.alerts.routes,
  };
}
