/** The form of addresses for outgoing requests. `guard.ts` decides at each connection whether the address is allowed. */

/** Whether the text is an http or https address. */
export const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The address without user name and password, which only administrators see. */
export function withoutCredentials(address: string): string {
  const url = new URL(address);
  if (!url.username && !url.password) return address;
  url.username = '';
  url.password = '';
  return url.href;
}
