/** The command `npm run chaos`: reads options, runs, prints the report. */
import { BadOption, readOptions, usage } from './options.ts';
import { toReport, toText } from './report.ts';
import { run } from './run.ts';
import { MissingProgram, type Programs } from './system/system.ts';

/** @returns the exit code: 0 without violations, 1 with, 2 when the run could not be made */
export async function main(args: readonly string[], programs: Programs): Promise<number> {
  try {
    const options = readOptions(args);
    if (!options) {
      console.log(usage);
      return 0;
    }
    const progress = (text: string) => {
      if (process.stderr.isTTY) console.error(text);
    };
    progress(`seed ${options.seed}: starting`);
    const report = toReport(await run({ ...options, programs, progress }));
    console.log(options.json ? JSON.stringify(report) : toText(report));
    return report.violations ? 1 : 0;
  } catch (error) {
    if (error instanceof BadOption || error instanceof MissingProgram)
      console.error(`${error.message}\n\n${usage}`);
    else console.error(error);
    return 2;
  }
}
