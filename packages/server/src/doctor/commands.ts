/** The command `hoory doctor`. */
import { VERSION } from '@hoory/contract';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { environment } from '../config.ts';
import { invalid } from '../errors.ts';
import { isWebAddress } from '../outgoing/web-address.ts';
import { type DoctorOptions, examine } from './doctor.ts';
import { exitCodes, printFindings, worstOf } from './print.ts';

interface DoctorArguments extends Omit<DoctorOptions, 'url' | 'onEnd'> {
  json?: boolean;
}

const help = `
Examples:
  $ hoory doctor
  $ hoory doctor https://chat.example.com --origin https://shop.example --mail me@example.com
  $ hoory doctor --outside https://chat.example.com
  $ hoory doctor --webhook https://hooks.example.com/in --json

It may run beside the server, with its settings, and changes nothing. The exit code is 0 when everything is in order, 1 after
warnings, and 2 when something failed.`;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check settings, database, services, and the way in through the proxy')
    .argument('[url]', 'public address of the server (default: HOORY_URL)', toAddress)
    .option('--mail <address>', 'send a test e-mail to this address', toEmailAddress)
    .option('--webhook <url>', 'send a signed test request to this address', toAddress)
    .option('--origin <origin>', 'origin of a site that embeds the chat', toOrigin, 'https://shop.example')
    .option('--wait <seconds>', 'how long a long poll and a socket are held open', toSeconds, 25)
    .option('--integrity', 'check the content of a SQLite file of any size, which reads it all')
    .option('--outside', 'check the way in alone, without settings and database of the server')
    .addOption(new Option('--json', 'print one JSON object and nothing else'))
    .addHelpText('after', help)
    .action(async (url: string | undefined, { json, ...options }: DoctorArguments) => {
      if (options.outside && url === undefined)
        throw invalid(
          'url',
          'Name the address to check from outside: hoory doctor --outside https://chat.example.com',
        );
      const say = (line: string) => {
        if (process.stderr.isTTY && !json) process.stderr.write(`${line}\n`);
      };
      const findings = await examine(environment(), {
        url,
        ...options,
        onEnd: (name, found) => say(`${name}: ${found.map(({ state }) => state).join(', ')}`),
      });
      const state = worstOf(findings);
      const text = json ? JSON.stringify({ state, version: VERSION, findings }) : printFindings(findings);
      // Exit, because a service that does not answer would keep the process alive.
      process.stdout.write(`${text}\n`, () => process.exit(exitCodes[state]));
    });
}

function toAddress(text: string): string {
  if (!isWebAddress(text)) throw new InvalidArgumentError('It must be an http or https address.');
  return text;
}

function toOrigin(text: string): string {
  const { origin } = new URL(toAddress(text));
  return origin;
}

function toEmailAddress(text: string): string {
  if (!/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(text))
    throw new InvalidArgumentError('It must be an e-mail address.');
  return text;
}

function toSeconds(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) < 1 || Number(text) > 25)
    throw new InvalidArgumentError('It must be a number of seconds from 1 to 25.');
  return Number(text);
}
