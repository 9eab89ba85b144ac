import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';

/** A call that a client made. */
export interface Sent {
  readonly call: string;
  readonly input: Record<string, unknown>;
}

type Answers = Readonly<Record<string, (input: Record<string, unknown>, nth: number) => object | Promise<object>>>;

/** An EC2 client whose calls end in these answers in place of the network, and the list of what was sent. */
export function answering(answers: Answers): { readonly ec2: EC2Client; readonly sent: Sent[] } {
  const ec2 = new EC2Client({ region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  const sent: Sent[] = [];
  ec2.middlewareStack.add(
    (_next, context) => async (args) => {
      const call = String(Reflect.get(context, 'commandName')).replace(/Command$/, '');
      const input = { ...args.input };
      sent.push({ call, input });
      const answer = answers[call];
      if (!answer) throw new Error(`the test has no answer for ${call}`);
      const output = await answer(input, sent.filter((one) => one.call === call).length);
      return { output: { $metadata: {}, ...output }, response: {} };
    },
    { step: 'initialize', name: 'answering' },
  );
  return { ec2, sent };
}

/** An error as EC2 answers it. */
export function ec2Error(name: string, httpStatusCode = 400): EC2ServiceException {
  return new EC2ServiceException({ name, message: `${name} (test)`, $fault: 'client', $metadata: { httpStatusCode } });
}
