/** Java's own HttpClient, which offers HTTP/2 with its first request to an address without TLS, talks to this server as it is. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAccount } from '../fixtures/account.ts';
import { startTestServer, type TestServer } from '../server.ts';

const run = promisify(execFile);
/** The compiler is part of running one source file. */
const hasJava = spawnSync('javac', ['-version']).status === 0;

const program = `
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

public class Customer {
  static final HttpClient client = HttpClient.newHttpClient();

  static String send(String method, String url, String body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
        .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
    var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) throw new Exception(method + " " + url + ": " + answer.statusCode() + " " + answer.body());
    return answer.body();
  }

  static String field(String name, String json) {
    var found = java.util.regex.Pattern.compile("\\"" + name + "\\":\\"?([^\\",}]+)").matcher(json);
    if (!found.find()) throw new RuntimeException("no " + name + " in " + json);
    return found.group(1);
  }

  public static void main(String[] args) throws Exception {
    var contacts = args[0] + "/public/api/v1/inboxes/" + args[1] + "/contacts";
    var contact = send("POST", contacts, "{\\"name\\":\\"Ann\\"}");
    var conversations = contacts + "/" + field("source_id", contact) + "/conversations";
    var messages = conversations + "/" + field("id", send("POST", conversations, "{}")) + "/messages";
    var welcome = new CompletableFuture<String>();
    client.newWebSocketBuilder().subprotocols("actioncable-v1-json")
        .buildAsync(URI.create(args[0].replace("http", "ws") + "/cable"), new WebSocket.Listener() {
          public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            welcome.complete(text.toString());
            return null;
          }
        }).join();
    send("POST", messages, "{\\"content\\":\\"Hello from Java\\"}");
    System.out.println(welcome.get());
    System.out.println(send("GET", messages, ""));
    System.exit(0);
  }
}
`;

describe.skipIf(!hasJava)('java.net.http.HttpClient (skipped where javac is not on this machine)', () => {
  let server: TestServer;
  let folder: string;

  beforeEach(async () => {
    server = await startTestServer();
    folder = mkdtempSync(join(tmpdir(), 'hoory-java-'));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await server.stop();
  });

  test('writes, reads and opens a socket', { timeout: 120_000 }, async () => {
    const { inbox } = await createAccount(server);
    const file = join(folder, 'Customer.java');
    writeFileSync(file, program);
    const { stdout } = await run('java', [file, server.url, inbox.identifier]);
    const [welcome, messages] = stdout.trim().split('\n');
    expect(JSON.parse(welcome ?? '')).toEqual({ type: 'welcome' });
    expect(JSON.parse(messages ?? '')).toMatchObject([{ content: 'Hello from Java' }]);
  });
});
