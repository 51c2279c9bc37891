/** Frame and headers of HTML pages that the server renders. Templates of `hono/html` escape every value. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { html, raw } from 'hono/html';
import Negotiator from 'negotiator';
import { newToken } from '../secrets.ts';

export type Html = ReturnType<typeof html>;

export interface Page {
  lang: string;
  dir?: 'ltr' | 'rtl';
  title: string;
  /** CSS of the page; its Content-Security-Policy allows no other. */
  style: string;
  /** Further directives of the Content-Security-Policy; what they do not allow is forbidden. */
  policy: readonly string[];
  /** Further elements of the head. */
  head?: Html;
  body: Html;
}

/** Sends a page without referrer, as its URL may have a token. It is not cached unless the reply has a `cache-control` already. */
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

/** A text from a form or URL without NUL, which PostgreSQL rejects; blank for any other value. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : '';

/** The languages of `Accept-Language`, the preferred first; `*` without the header. */
export const acceptedLanguages = ({ headers }: Pick<FastifyRequest, 'headers'>): string[] =>
  new Negotiator({ headers }).languages();
