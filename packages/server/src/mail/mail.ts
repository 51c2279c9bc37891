/** Outgoing mail through `SMTP_URL`: plain text, sent in the background. What it says is left to those who send it. */
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';

export interface Letter {
  to: string;
  subject: string;
  text: string;
}

export interface Mail {
  /** Whether there is a server to send through. */
  readonly isOn: boolean;
  /** Hands the letter over. Never throws: what cannot be sent is logged, without what it says. */
  send(letter: Letter): void;
  /** Waits for what is on its way. */
  close(): Promise<void>;
}

export function openMail(config: Pick<Config, 'smtpUrl' | 'url'>, log: Log): Mail {
  const { smtpUrl } = config;
  if (!smtpUrl) return { isOn: false, send: () => {}, close: async () => {} };
  const sending = new Set<Promise<void>>();
  const from = senderOf(smtpUrl, config.url);
  const deliver = async (letter: Letter): Promise<void> => {
    try {
      const { createTransport } = await import('nodemailer');
      await createTransport(smtpUrl).sendMail({ from, ...letter });
    } catch (err) {
      log.error({ err }, 'a letter could not be sent');
    }
  };
  return {
    isOn: true,
    send: (letter) => {
      const one = deliver(letter).finally(() => sending.delete(one));
      sending.add(one);
    },
    close: async () => {
      await Promise.all(sending);
    },
  };
}

/** The address that the account at the mail server has, or one at our own host. */
function senderOf(smtpUrl: string, url: string): string {
  const user = decodeURIComponent(new URL(smtpUrl).username);
  return user.includes('@') ? user : `hoory@${new URL(url).hostname}`;
}
