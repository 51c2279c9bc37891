/** The generated clients: how each is made, compiled and run. */
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireProgram, root, run } from './run.mjs';
import { oapiCodegen, openapiGenerator, openapiPythonClient, versions } from './tools.mjs';

const session = (name) => fileURLToPath(new URL(`sessions/${name}`, import.meta.url));
const noCompiler = (language) => `compiling, since none of the registries has a compiler for ${language}`;

/** Title -> check. It gets the document, an empty folder and the server, and answers what it did and what it left out. */
export const clients = {
  'oapi-codegen': checkOapiCodegen,
  'openapi-generator go': checkGo,
  'openapi-generator typescript-fetch': checkTypeScript,
  'openapi-generator kotlin': checkKotlin,
  'openapi-generator dart': (given) => checkGenerated(given, 'dart', 'Dart'),
  'openapi-generator swift5': (given) => checkGenerated(given, 'swift5', 'Swift'),
  'openapi-python-client': checkPython,
};

/** The session says by its exit code, and in words, whether all went well. */
const settings = ({ server }) => ({ HOORY_URL: server.url, HOORY_INBOX: server.inbox });

async function generate(name, { document, out }, properties = []) {
  const jar = await openapiGenerator();
  const options = properties.length ? [`--additional-properties=${properties.join(',')}`] : [];
  const said = await run('java', [
    '-jar',
    jar,
    'generate',
    '-i',
    document,
    '-g',
    name,
    '-o',
    out,
    ...options,
  ]);
  if (/Duplicate file path|Exception/.test(said)) throw new Error(said.slice(-4000));
}

async function checkOapiCodegen(given) {
  const program = await oapiCodegen();
  const folder = join(given.out, 'hoory');
  mkdirSync(folder);
  // Without skip-prune it drops the bodies of webhooks, which its own types then miss.
  const what = ['-generate', 'types,client,skip-prune', '-package', 'hoory'];
  await run(program, [...what, '-o', join(folder, 'hoory.go'), given.document]);
  await runGo(given, 'oapi-codegen.go.txt', [
    `github.com/oapi-codegen/runtime@${versions.oapiCodegenRuntime}`,
  ]);
  return { did: 'compiled, session run' };
}

async function checkGo(given) {
  requireProgram('go');
  const out = join(given.out, 'hoory');
  await generate('go', { ...given, out }, ['packageName=hoory', 'withGoMod=false']);
  // Its tests are examples that need a framework of their own.
  rmSync(join(out, 'test'), { recursive: true });
  await runGo(given, 'openapi-generator.go.txt', []);
  return { did: 'compiled, session run' };
}

async function runGo(given, name, modules) {
  const cwd = given.out;
  copyFileSync(session(name), join(cwd, 'main.go'));
  await run('go', ['mod', 'init', 'session'], { cwd });
  if (modules.length) await run('go', ['get', ...modules], { cwd });
  await run('go', ['mod', 'tidy'], { cwd });
  await run('go', ['run', '.'], { cwd, env: settings(given) });
}

async function checkTypeScript(given) {
  await generate('typescript-fetch', given);
  await compileTypeScript([join(given.out, 'index.ts')]);
  const args = ['--import', 'tsx', session('typescript-fetch.mjs'), join(given.out, 'index.ts')];
  await run(process.execPath, args, { env: settings(given) });
  return { did: 'compiled, session run' };
}

export const compileTypeScript = (files) =>
  run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    ...['--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom'],
    ...files,
  ]);

async function checkKotlin(given) {
  await generate('kotlin', given);
  writeFileSync(join(given.out, 'pom.xml'), pom());
  await run('mvn', ['-q', '-B', 'compile'], { cwd: given.out });
  return { did: 'compiled' };
}

function pom() {
  const dependencies = [
    ['org.jetbrains.kotlin', 'kotlin-stdlib', versions.kotlin],
    ['org.jetbrains.kotlin', 'kotlin-reflect', versions.kotlin],
    ['com.squareup.moshi', 'moshi-kotlin', versions.moshi],
    ['com.squareup.moshi', 'moshi-adapters', versions.moshi],
    ['com.squareup.okhttp3', 'okhttp-jvm', versions.okhttp],
  ].map((one) => `<dependency>${artifact(one)}</dependency>`);
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
${artifact(['test', 'client', '1'])}
<dependencies>${dependencies.join('\n')}</dependencies>
<build><sourceDirectory>src/main/kotlin</sourceDirectory><plugins><plugin>
${artifact(['org.jetbrains.kotlin', 'kotlin-maven-plugin', versions.kotlin])}
<executions><execution><phase>compile</phase><goals><goal>compile</goal></goals></execution></executions>
</plugin></plugins></build></project>`;
}

const artifact = ([group, name, version]) =>
  `<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>`;

async function checkGenerated(given, name, language) {
  await generate(name, given);
  if (!readdirSync(given.out).length) throw new Error('Nothing was generated');
  return { did: 'generated', leftOut: noCompiler(language) };
}

async function checkPython(given) {
  const programs = await openapiPythonClient();
  const env = { PATH: `${programs}:${process.env.PATH}`, PYTHONPATH: given.out, ...settings(given) };
  const options = ['--path', given.document, '--output-path', join(given.out, 'hoory'), '--meta', 'none'];
  const said = await run(join(programs, 'openapi-python-client'), ['generate', ...options], { env });
  if (/warning|error/i.test(said)) throw new Error(said);
  const python = join(programs, 'python');
  await run(python, ['-m', 'compileall', '-q', given.out], { env });
  await run(python, [session('openapi-python-client.py')], { env });
  return { did: 'compiled, session run' };
}
