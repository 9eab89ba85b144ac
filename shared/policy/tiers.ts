import type { Admission, Layer, Tiers } from '../domain/controls/tiers.ts';
import { editPorts, NO_PORTS, type PortEntry } from './ports.ts';
import type { WrittenTiers } from './schema/tier.ts';
import { readTierSource } from './tier-sources.ts';

interface WrittenAdmission {
  readonly from: readonly string[];
  readonly ports?: readonly PortEntry[] | undefined;
}

const SSH_PORTS: readonly PortEntry[] = [22];

const admissionOf = ({ from, ports }: WrittenAdmission, layers: ReadonlySet<string>): Admission => ({
  from: from.flatMap((text) => readTierSource(text, layers) ?? []),
  ...(ports === undefined ? {} : { ports: editPorts(NO_PORTS, ports) }),
});

/** The tier map of a valid section. */
export const compileTiers = ({ tag, layers, ssh }: WrittenTiers): Tiers => {
  const names = new Set(Object.keys(layers));
  const layerOf = (layer: WrittenTiers['layers'][string]): Layer => ({
    ...admissionOf(layer, names),
    within: layer.within ?? false,
  });
  return {
    tag,
    layers: Object.fromEntries(Object.entries(layers).map(([name, layer]) => [name, layerOf(layer)])),
    everywhere: ssh === undefined ? [] : [admissionOf({ ...ssh, ports: ssh.ports ?? SSH_PORTS }, names)],
  };
};
