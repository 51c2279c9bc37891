/** Checks of the documents themselves: Redocly's rules, the parser of AsyncAPI, and types that Modelina makes from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileTypeScript } from './clients.mjs';
import { run } from './run.mjs';
import { npmPackages, versions } from './tools.mjs';

export async function checkRedocly(document) {
  const folder = await npmPackages(`@redocly/cli@${versions.redocly}`);
  const redocly = join(folder, 'node_modules/.bin/redocly');
  const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  const said = await run(redocly, ['lint', '--extends=recommended', '--format=json', document], { env });
  const { totals } = JSON.parse(said.slice(said.indexOf('{\n'), said.lastIndexOf('}') + 1));
  if (totals.errors || totals.warnings) throw new Error(said);
  return { did: 'no error and no warning by the recommended rules' };
}

export async function checkAsyncApi(document, out) {
  const folder = await npmPackages(
    `@asyncapi/parser@${versions.asyncapiParser}`,
    `@asyncapi/modelina@${versions.modelina}`,
  );
  const load = (name) =>
    import(pathToFileURL(createRequire(join(folder, 'package.json')).resolve(name)).href);
  const { Parser } = await load('@asyncapi/parser');
  const text = readFileSync(document, 'utf8');
  const { diagnostics } = await new Parser().parse(text);
  if (diagnostics.length) throw new Error(diagnostics.map(({ message }) => message).join('\n'));

  // Modelina reads documents up to 3.0, and this one uses nothing that 3.1 brought.
  const { TypeScriptFileGenerator } = await load('@asyncapi/modelina');
  const generator = new TypeScriptFileGenerator({ modelType: 'interface', rawPropertyNames: true });
  const older = { ...JSON.parse(text), asyncapi: '3.0.0' };
  const models = await generator.generateToFiles(older, out, { exportType: 'named' });
  await compileTypeScript(readdirSync(out).map((name) => join(out, name)));
  return { did: `no diagnostic; ${models.length} types by Modelina compile` };
}
