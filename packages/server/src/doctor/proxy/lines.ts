/** The lines of a proxy's configuration that cause or mend a fault, by proxy; docs/operate.md has the whole recipes. */

/** The faults that a line mends. */
export type Mended =
  | 'upgrade'
  | 'idle'
  | 'longPoll'
  | 'forwardedFor'
  | 'host'
  | 'body'
  | 'cors'
  | 'headers'
  | 'compression'
  | 'redirect'
  | 'upstream'
  | 'certificate';

type Proxy = 'nginx' | 'Caddy' | 'Traefik';

const lines: Record<Mended, Record<Proxy, string>> = {
  upgrade: {
    nginx:
      'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;',
    Caddy: 'reverse_proxy without header_up lines for Connection and Upgrade',
    Traefik: 'remove middlewares that change the headers Connection and Upgrade',
  },
  idle: {
    nginx: 'proxy_read_timeout 75s;',
    Caddy: 'remove stream_timeout from reverse_proxy',
    Traefik: '--entryPoints.websecure.transport.respondingTimeouts.idleTimeout=180s',
  },
  longPoll: {
    nginx: 'proxy_read_timeout 75s;',
    Caddy: 'transport http { response_header_timeout 75s }',
    Traefik: '--serversTransport.forwardingTimeouts.responseHeaderTimeout=75s',
  },
  forwardedFor: {
    nginx: 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    Caddy: 'remove header_up lines for X-Forwarded-For from reverse_proxy',
    Traefik: '--entryPoints.websecure.forwardedHeaders.insecure=false',
  },
  host: {
    nginx: 'proxy_set_header Host $host; proxy_set_header X-Forwarded-Proto $scheme;',
    Caddy: 'remove header_up lines for Host and X-Forwarded-Proto from reverse_proxy',
    Traefik: 'passHostHeader: true',
  },
  body: {
    nginx: 'client_max_body_size 0;',
    Caddy: 'remove max_size from request_body',
    Traefik: 'remove maxRequestBodyBytes from the buffering middleware',
  },
  cors: {
    nginx: 'remove add_header lines for Access-Control-*, and answers to OPTIONS',
    Caddy: 'remove header lines for Access-Control-*',
    Traefik: 'remove accessControl* from the headers middleware',
  },
  headers: {
    nginx: 'remove proxy_hide_header, add_header and sub_filter lines that touch these headers',
    Caddy: 'remove header and header_down lines that touch these headers',
    Traefik: 'remove customResponseHeaders from the headers middleware',
  },
  compression: {
    nginx: 'proxy_set_header Accept-Encoding $http_accept_encoding;',
    Caddy: 'remove header_up lines for Accept-Encoding',
    Traefik: 'remove customRequestHeaders for Accept-Encoding',
  },
  redirect: {
    nginx: 'server { listen 80; return 301 https://$host$request_uri; }',
    Caddy: 'name the site by its host alone, without http://',
    Traefik: '--entryPoints.web.http.redirections.entryPoint.to=websecure',
  },
  upstream: {
    nginx: 'proxy_pass http://127.0.0.1:3000;',
    Caddy: 'reverse_proxy 127.0.0.1:3000',
    Traefik: 'url: http://127.0.0.1:3000',
  },
  certificate: {
    nginx: 'ssl_certificate <fullchain.pem>; ssl_certificate_key <privkey.pem>;',
    Caddy: 'name the site by its host alone, and open ports 80 and 443',
    Traefik: '--certificatesResolvers.<name>.acme.email=<e-mail>',
  },
};

/** @param server the header `Server` of an answer, by which nginx and Caddy give their names; Traefik sends none */
export function lineFor(mended: Mended, server: string | undefined): string {
  const byProxy = lines[mended];
  if (/^(nginx|openresty)/i.test(server ?? '')) return `nginx: ${byProxy.nginx}`;
  if (/^caddy/i.test(server ?? '')) return `Caddy: ${byProxy.Caddy}`;
  return Object.entries(byProxy)
    .map(([name, line]) => `${name}: ${line}`)
    .join(' | ');
}
