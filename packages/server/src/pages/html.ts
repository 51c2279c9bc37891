/** HTML pages that the server makes: their frame and headers, and text of requests. Templates of `hono/html` escape every value. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { html, raw } from 'hono/html';
import Negotiator from 'negotiator';
import { newToken } from '../secrets.ts';

export type Html = ReturnType<typeof html>;

export interface Page {
  lang: string;
  dir?: 'ltr' | 'rtl';
  title: string;
  /** CSS, the only style that the policy allows. */
  style: string;
  /** Directives of the Content-Security-Policy beside those of the style; everything else is forbidden. */
  policy: readonly string[];
  /** Further elements of the head. */
  head?: Html;
  body: Html;
}

/** Sends a page, which names its addresses to nobody. It is not cached unless a `cache-control` is set already. */
export async function sendPage(reply: FastifyReply, page: Page): Promise<FastifyReply> {
  const nonce = newToken();
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      vary: 'Accept-Language',
      'referrer-policy': 'no-referrer',
      'content-security-policy': ["default-src 'none'", `style-src 'nonce-${nonce}'`, ...page.policy].join(
        '; ',
      ),
    })
    .send(String(await frame(page, nonce)));
}

const frame = ({ lang, dir, title, style, head, body }: Page, nonce: string): Html =>
  html`<!doctype html>
<html lang="${lang}"${dir && html` dir="${dir}"`}><head><meta charset="utf-8"><title>${title}</title>
${head ?? html`<meta name="viewport" content="width=device-width,initial-scale=1">`}
<style nonce="${nonce}">${raw(style)}</style></head><body><main>${body}</main></body></html>
`;

/** A text of a form or an address; without NUL, which PostgreSQL cannot keep or look for. Blank for what is no text. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : '';

/** The languages that the browser accepts, the preferred first; `*` without the header. */
export const acceptedLanguages = ({ headers }: Pick<FastifyRequest, 'headers'>): string[] =>
  new Negotiator({ headers }).languages();
