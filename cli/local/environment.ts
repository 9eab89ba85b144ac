/** Where an embedded account listens, and the region its estate is in. */
export interface Endpoint {
  readonly endpoint: string;
  readonly region: string;
}

/** What a shell needs so that the AWS CLI, Terraform and SDKs talk to the embedded account; it takes any credentials. */
export const exportLines = ({ endpoint, region }: Endpoint): readonly string[] => [
  `export AWS_ENDPOINT_URL=${endpoint}`,
  `export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
  'export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
];
