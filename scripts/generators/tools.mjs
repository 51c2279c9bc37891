/** The generators in their exact versions, from their registries into a cache folder; none is a dependency of the project. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { requireProgram, run } from './run.mjs';

export const versions = {
  openapiGenerator: '7.25.0',
  oapiCodegen: 'v2.8.2',
  oapiCodegenRuntime: 'v1.9.0',
  openapiPythonClient: '0.29.1',
  redocly: '2.41.0',
  asyncapiParser: '3.6.6',
  modelina: '5.10.1',
  kotlin: '2.4.0',
  moshi: '1.15.2',
  okhttp: '5.4.0',
};

const cache =
  process.env.HOORY_GENERATORS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hoory-generators');

/** The folder of a tool, which `install` fills once; a folder that was not filled to its end is filled anew. */
async function installed(name, version, install) {
  const folder = join(cache, `${name}-${version.replaceAll(/[^\w.]/g, '-')}`);
  const mark = join(folder, '.complete');
  if (!existsSync(mark)) {
    mkdirSync(folder, { recursive: true });
    await install(folder);
    writeFileSync(mark, '');
  }
  return folder;
}

/** The path of the jar. */
export async function openapiGenerator() {
  requireProgram('java');
  requireProgram('mvn');
  const artifact = `org.openapitools:openapi-generator-cli:${versions.openapiGenerator}`;
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
  const folder = await installed('openapi-generator', versions.openapiGenerator, (out) =>
    run('mvn', ['-q', '-B', goal, `-Dartifact=${artifact}`, `-DoutputDirectory=${out}`], { cwd: out }),
  );
  return join(folder, `openapi-generator-cli-${versions.openapiGenerator}.jar`);
}

/** The path of the program. */
export async function oapiCodegen() {
  requireProgram('go');
  const module = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen';
  const folder = await installed('oapi-codegen', versions.oapiCodegen, (out) =>
    run('go', ['install', `${module}@${versions.oapiCodegen}`], { cwd: out, env: { GOBIN: out } }),
  );
  return join(folder, 'oapi-codegen');
}

/** The folder of programs of a virtual environment that has the generator and what its clients import. */
export async function openapiPythonClient() {
  requireProgram('python3');
  const folder = await installed('openapi-python-client', versions.openapiPythonClient, async (out) => {
    await run('python3', ['-m', 'venv', out]);
    const generator = `openapi-python-client==${versions.openapiPythonClient}`;
    await run(join(out, 'bin/pip'), ['install', '-q', generator]);
  });
  return join(folder, 'bin');
}

/** The folder that holds `node_modules` with these packages, `name@version` each. */
export const npmPackages = (...names) =>
  installed('npm', names.join('+'), async (out) => {
    writeFileSync(join(out, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...names], { cwd: out });
  });
