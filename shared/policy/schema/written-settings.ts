import type { PortSet } from '../../domain/rule.ts';
import { PORT_PROTOCOLS } from '../../network/ports.ts';
import { type ControlShape, listOptions, numberOptions, portOptions, remediesOf } from './control-shape.ts';

/** `22, 5900-5906, udp/11211` */
const portsText = (ports: PortSet): string =>
  PORT_PROTOCOLS.flatMap((protocol) =>
    ports[protocol].map(
      ({ from, to }) => `${protocol === 'tcp' ? '' : `${protocol}/`}${from === to ? `${from}` : `${from}-${to}`}`,
    ),
  ).join(', ');

const optionLines = (shape: ControlShape): readonly string[] => {
  const { defaults } = shape;
  return [
    `fresh: ${defaults.fresh}`,
    `existing: ${defaults.existing}`,
    ...(remediesOf(shape).length > 1 ? [`remedy: ${defaults.remedy}`] : []),
    ...Array.from(numberOptions(defaults), ([name, value]) => `${name}: ${value}`),
    ...Array.from(listOptions(defaults), ([name, list]) => `${name}: [${list.map((word) => `'${word}'`).join(', ')}]`),
    ...Array.from(portOptions(defaults), ([name, ports]) => `${name}: [${portsText(ports)}]`),
  ];
};

/** Every setting of a control as it ships, in the words of the policy. */
export const writtenSettings = (shape: ControlShape): string =>
  ['controls:', `  ${shape.id}:`, ...optionLines(shape).map((line) => `    ${line}`)].join('\n');
