import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type LaunchTemplateVersion,
  paginateDescribeLaunchTemplateVersions,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { type Clause, expectRefusal, newGroup, newName, newVpc } from './clause.ts';

async function newTemplate(
  ec2: EC2Client,
  LaunchTemplateData: RequestLaunchTemplateData = { InstanceType: 't3.micro' },
): Promise<string> {
  const command = new CreateLaunchTemplateCommand({ LaunchTemplateName: newName(), LaunchTemplateData });
  return (await ec2.send(command)).LaunchTemplate?.LaunchTemplateId ?? '';
}

async function addVersion(
  ec2: EC2Client,
  LaunchTemplateId: string,
  LaunchTemplateData: RequestLaunchTemplateData = { InstanceType: 't3.small' },
): Promise<LaunchTemplateVersion> {
  const command = new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData });
  return (await ec2.send(command)).LaunchTemplateVersion ?? {};
}

/** All pages: other clauses make templates, too. */
async function ofAllTemplates(ec2: EC2Client, ...Versions: readonly string[]): Promise<LaunchTemplateVersion[]> {
  const found: LaunchTemplateVersion[] = [];
  const input = { Versions: [...Versions] };
  for await (const page of paginateDescribeLaunchTemplateVersions({ client: ec2, pageSize: 200 }, input)) {
    found.push(...(page.LaunchTemplateVersions ?? []));
  }
  return found;
}

function numbersOf(versions: readonly LaunchTemplateVersion[], id: string) {
  return versions.flatMap((one) => (one.LaunchTemplateId === id ? [one.VersionNumber] : []));
}

/** What EC2 does with launch templates. */
export const launchTemplateClauses: readonly Clause[] = [
  {
    says: 'a new launch template has version 1, its latest and its default',
    async check(ec2) {
      const command = new CreateLaunchTemplateCommand({
        LaunchTemplateName: newName(),
        LaunchTemplateData: { InstanceType: 't3.micro' },
      });
      const { LaunchTemplate } = await ec2.send(command);
      expect(LaunchTemplate).toMatchObject({ DefaultVersionNumber: 1, LatestVersionNumber: 1 });
      expect(LaunchTemplate?.LaunchTemplateId).toMatch(/^lt-/);
    },
  },
  {
    says: 'a launch template of a name that is taken is InvalidLaunchTemplateName.AlreadyExistsException',
    async check(ec2) {
      const LaunchTemplateData = { InstanceType: 't3.micro' } as const;
      const command = new CreateLaunchTemplateCommand({ LaunchTemplateName: newName(), LaunchTemplateData });
      await ec2.send(command);
      await expectRefusal(ec2.send(command), 'InvalidLaunchTemplateName.AlreadyExistsException');
    },
  },
  {
    says: 'a new version of a launch template has the next number, and is not the default',
    async check(ec2) {
      const id = await newTemplate(ec2);
      expect(await addVersion(ec2, id)).toMatchObject({ VersionNumber: 2, DefaultVersion: false });
    },
  },
  {
    says: 'a version of an unknown launch template is InvalidLaunchTemplateId.NotFound',
    async check(ec2) {
      await expectRefusal(addVersion(ec2, 'lt-0123456789abcdef0'), 'InvalidLaunchTemplateId.NotFound');
    },
  },
  {
    says: 'the groups of a launch template stand in it and in its interfaces',
    async check(ec2) {
      const vpcId = await newVpc(ec2);
      const [direct, ofInterface] = [await newGroup(ec2, vpcId), await newGroup(ec2, vpcId)];
      const LaunchTemplateId = await newTemplate(ec2, { SecurityGroupIds: [direct] });
      await addVersion(ec2, LaunchTemplateId, { NetworkInterfaces: [{ DeviceIndex: 0, Groups: [ofInterface] }] });
      const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ['1', '2'] });
      const { LaunchTemplateVersions = [] } = await ec2.send(command);
      const data = new Map(LaunchTemplateVersions.map((one) => [one.VersionNumber, one.LaunchTemplateData]));
      expect(data.get(1)?.SecurityGroupIds).toEqual([direct]);
      expect(data.get(2)?.NetworkInterfaces).toMatchObject([{ DeviceIndex: 0, Groups: [ofInterface] }]);
    },
  },
  {
    says: 'the latest and the default versions of all launch templates are described without naming one',
    async check(ec2) {
      const [changed, other] = [await newTemplate(ec2), await newTemplate(ec2)];
      await addVersion(ec2, changed);
      await addVersion(ec2, changed);
      const found = await ofAllTemplates(ec2, '$Latest', '$Default');
      expect(new Set(numbersOf(found, changed))).toEqual(new Set([1, 3]));
      expect(new Set(numbersOf(found, other))).toEqual(new Set([1]));
    },
  },
  {
    says: 'versions of all launch templates by number are InvalidParameterValue',
    async check(ec2) {
      const call = ec2.send(new DescribeLaunchTemplateVersionsCommand({ Versions: ['1'] }));
      await expectRefusal(call, 'InvalidParameterValue');
    },
  },
  {
    says: 'versions of launch templates with neither a template nor a version are MissingParameter',
    async check(ec2) {
      await expectRefusal(ec2.send(new DescribeLaunchTemplateVersionsCommand({})), 'MissingParameter');
    },
  },
  {
    says: 'versions of a launch template come in pages of the size asked for',
    async check(ec2) {
      const LaunchTemplateId = await newTemplate(ec2);
      await addVersion(ec2, LaunchTemplateId);
      await addVersion(ec2, LaunchTemplateId);
      const sizes: number[] = [];
      const pages = paginateDescribeLaunchTemplateVersions({ client: ec2, pageSize: 2 }, { LaunchTemplateId });
      for await (const page of pages) sizes.push(page.LaunchTemplateVersions?.length ?? 0);
      expect(sizes).toEqual([2, 1]);
    },
  },
];
