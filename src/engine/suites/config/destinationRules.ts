import type { Pointer } from '../../files/formats/document.ts';
import { type AddressFault, readAddress } from '../../http/address.ts';
import { unsendableHeader } from '../../http/headers.ts';
import { isLinkLocal } from '../../http/linkLocal.ts';
import { replaceReferences } from '../../model/variableReference.ts';
import { type ConfigReader, reportAt, reportKey } from './configReader.ts';
import { pointerText } from './plainWords.ts';

/** They describe the body, which is not the file's. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'content-encoding']);

const FAULTS: { readonly [fault in AddressFault]: string | undefined } = {
  'no-address': 'is not a URL that begins with http:// or https://',
  // Reported with the other secrets.
  credentials: undefined,
};

/** Where Touchstone sends something on its own: reports an address to which nothing is sent. `what`, for messages: `alerts`. */
export function checkDestination(reader: ConfigReader, written: string, at: Pointer, what: string): void {
  const address = readAddress(written);
  const fault = typeof address === 'string' ? FAULTS[address] : undefined;
  if (fault !== undefined)
    reportAt(reader, at, {
      code: 'invalid-value',
      message: `"${written}" ${fault}`,
      remedy: 'Check the address.',
    });

  const host = URL.parse(written)?.hostname ?? '';
  if (isLinkLocal(host))
    reportAt(reader, at, {
      code: 'invalid-value',
      message: `${host} is a link-local address, where cloud machines keep their credentials; ${what} are not sent there`,
      remedy: 'Use another address.',
    });
}

/** Reports headers that HTTP does not allow. A value may be a secret: it is not repeated. */
export function checkHeaders(reader: ConfigReader, headers: { [name: string]: string }, at: Pointer): void {
  for (const [name, value] of Object.entries(headers)) {
    const pointer = [...at, name];
    if (FRAMING.has(name.toLowerCase()))
      reportKey(reader, pointer, {
        code: 'invalid-value',
        message: `${pointerText(pointer)} cannot be set: it belongs to what is sent`,
        remedy: 'Remove it.',
      });
    else if (!isSendable(name, value))
      reportAt(reader, pointer, {
        code: 'invalid-value',
        message: `${pointerText(pointer)} cannot be sent as an HTTP header`,
        remedy: 'Use letters, digits and hyphens in its name, and no line breaks in its value.',
      });
  }
}

/** As far as it is written here: what is filled in is checked when it is. */
function isSendable(name: string, value: string): boolean {
  const written = replaceReferences(value, ({ fallback }) => fallback ?? '');
  return unsendableHeader({ [name]: written }) === undefined;
}
