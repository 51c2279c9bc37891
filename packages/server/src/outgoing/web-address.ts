/** Addresses that the server may be asked to call: their form. Whether one may really be dialled is decided when it is. */

/** Whether the text is an http or https address. */
export const isWebAddress = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The address without the name and password in it, which are for administrators. */
export function withoutCredentials(address: string): string {
  const url = new URL(address);
  if (!url.username && !url.password) return address;
  url.username = '';
  url.password = '';
  return url.href;
}
