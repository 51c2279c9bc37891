/** A real mail server for tests, which keeps what it is sent. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Received {
  to: string[];
  text: string;
}

/** `url` is an `SMTP_URL`. @param at the port, a free one when it is 0 */
export async function openPostOffice(at = 0) {
  const emails: Received[] = [];
  const takes = { any: true };
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onRcptTo: (_address, _session, done) =>
      done(takes.any ? null : Object.assign(new Error('No such mailbox'), { responseCode: 550 })),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        // Long lines are folded by an equals sign at their end.
        const text = Buffer.concat(chunks).toString().replaceAll('=\r\n', '').replaceAll('=3D', '=');
        emails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(at, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as AddressInfo;
  return {
    emails,
    port,
    /** Whether it accepts e-mails. */
    takes,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => smtp.close(resolve)),
  };
}
