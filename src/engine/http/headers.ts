// As in httpConnection.ts: an import would load more than is needed.
const http = process.getBuiltinModule('node:http');

/** The name of the first header that HTTP does not allow, for its name or its value; undefined where all can be sent. */
export function unsendableHeader(headers: { readonly [name: string]: string }): string | undefined {
  return Object.keys(headers).find((name) => !isSendable(name, headers[name] ?? ''));
}

export function lowerCased(headers: { readonly [name: string]: string }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isSendable(name: string, value: string): boolean {
  try {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
