import * as ec2 from '@aws-sdk/client-ec2';
import * as sns from '@aws-sdk/client-sns';
import { QueryShapeSerializer, XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeQuery, encodeXml, parseQuery } from '../../../../infra/local/wire/query.ts';
import { operationSchema } from '../../../../infra/local/wire/service.ts';

const settings = {
  timestampFormat: { useTrait: true, default: 5 as const },
  httpBindings: false,
  xmlNamespace: '',
  serviceNamespace: '',
};
const EC2_QUERY = { capitalizeKeys: true, flattenLists: true, serializeEmptyLists: false, ec2: true };
const FRAME = { namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/', dialect: 'ec2' } as const;

function throughQuery(sdk: object, name: string, input: object, dialect: 'ec2' | 'aws'): object {
  const { input: schema } = operationSchema(sdk, name);
  const serializer = new QueryShapeSerializer({ ...settings, ...(dialect === 'ec2' ? EC2_QUERY : {}) });
  serializer.write(schema, input);
  return decodeQuery(schema, parseQuery(String(serializer.flush()).replace(/^&/, '')), dialect);
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const range = fc.record({ CidrIp: text, Description: text }, { requiredKeys: ['CidrIp'] });
const pair = fc.record({ GroupId: text, UserId: text, Description: text }, { requiredKeys: ['GroupId'] });
const permission = fc.record(
  {
    IpProtocol: text,
    FromPort: fc.integer({ min: -1, max: 65535 }),
    ToPort: fc.integer({ min: -1, max: 65535 }),
    IpRanges: fc.array(range, { minLength: 1, maxLength: 12 }),
    Ipv6Ranges: fc.array(fc.record({ CidrIpv6: text }), { minLength: 1, maxLength: 3 }),
    PrefixListIds: fc.array(fc.record({ PrefixListId: text }), { minLength: 1, maxLength: 3 }),
    UserIdGroupPairs: fc.array(pair, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['IpProtocol'] },
);
const tag = fc.record({ Key: text, Value: text });
const specification = fc.record({
  ResourceType: fc.constant('security-group-rule' as const),
  Tags: fc.array(tag, { minLength: 1, maxLength: 3 }),
});

test('what the SDK encodes as an EC2 query is decoded to the same request', () => {
  const request = fc.record(
    {
      GroupId: text,
      IpPermissions: fc.array(permission, { minLength: 1, maxLength: 12 }),
      TagSpecifications: fc.array(specification, { minLength: 1, maxLength: 2 }),
      DryRun: fc.boolean(),
    },
    { requiredKeys: ['GroupId'] },
  );
  fc.assert(
    fc.property(request, (input) => {
      expect(throughQuery(ec2, 'AuthorizeSecurityGroupIngress', input, 'ec2')).toEqual(input);
    }),
    { numRuns: 50 },
  );
});

test('what the SDK encodes as an SNS query, maps included, is decoded to the same request', () => {
  const attribute = fc.record({ DataType: text, StringValue: text });
  const MessageAttributes = fc.dictionary(text, attribute, { minKeys: 1, maxKeys: 12 });
  fc.assert(
    fc.property(fc.record({ TopicArn: text, Message: text, MessageAttributes }), (input) => {
      expect(throughQuery(sns, 'Publish', input, 'aws')).toEqual({
        ...input,
        MessageAttributes: { ...input.MessageAttributes },
      });
    }),
    { numRuns: 50 },
  );
});

test('what is encoded as XML is decoded by the SDK to the same answer', async () => {
  const rule = fc.record({
    SecurityGroupRuleId: text,
    IsEgress: fc.boolean(),
    FromPort: fc.integer({ min: -1, max: 65535 }),
    Description: text,
    Tags: fc.array(tag, { maxLength: 3 }),
  });
  const schema = operationSchema(ec2, 'DescribeSecurityGroupRules');
  await fc.assert(
    fc.asyncProperty(
      fc.record({ SecurityGroupRules: fc.array(rule, { maxLength: 5 }), NextToken: text }),
      async (output) => {
        const xml = encodeXml(schema, output, 'request-1', FRAME);
        expect(await new XmlShapeDeserializer(settings).read(schema.output, xml)).toEqual(output);
        expect(xml).toContain('<requestId>request-1</requestId>');
      },
    ),
    { numRuns: 50 },
  );
});

test('every implemented operation has a schema in the SDK', async () => {
  const { ec2Operations } = await import('../../../../infra/local/services/ec2/operations.ts');
  for (const name of Object.keys(ec2Operations)) expect(operationSchema(ec2, name).name).toBe(name);
  expect(() => operationSchema(ec2, 'Nothing')).toThrow(/Nothing\$/);
});
