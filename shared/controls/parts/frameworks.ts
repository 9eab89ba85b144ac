/**
 * NIST 800-53 r5 controls that AWS maps its checks of open security groups to: information flow and boundary protection.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18 (related requirements)
 */
export const BOUNDARY = ['AC-4', 'AC-4(21)', 'SC-7', 'SC-7(4)', 'SC-7(5)', 'SC-7(11)', 'SC-7(16)', 'SC-7(21)'] as const;

/**
 * The same, with what AWS adds for ports of high risk: least functionality and baseline configuration.
 *
 * @see https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19 (related requirements)
 */
export const RISKY_PORTS = [
  'AC-4',
  'AC-4(21)',
  'CA-9(1)',
  'CM-2',
  'CM-2(2)',
  'CM-7',
  'SC-7',
  'SC-7(4)',
  'SC-7(5)',
  'SC-7(11)',
  'SC-7(16)',
  'SC-7(21)',
] as const;
