import type { LookupFunction } from 'node:net';
import { nodeDns, nodeNet } from './nodeHttp.ts';

/** 169.254.0.0/16 and fe80::/10, where cloud machines keep their credentials, however it is written. `host` may be that of a URL. */
export function isLinkLocal(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = nodeNet().isIP(address);
  return version !== 0 && refused().check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Resolves names, and refuses those that lead to a link-local address: only then it is known where they lead. */
export function guardedLookup(lookup: LookupFunction = nodeDns().lookup): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      const refusal = error === null ? addresses.find(isLinkLocal) : undefined;
      if (refusal === undefined) callback(error, found, family);
      else callback(new RefusedAddress(hostname, refusal), found, family);
    });
}

class RefusedAddress extends Error {
  readonly code = 'EACCES';

  constructor(hostname: string, address: string) {
    super(`${hostname} leads to ${address}, a link-local address; nothing is sent there`);
    this.name = 'RefusedAddress';
  }
}

/** An IPv4 address may also stand in one of IPv6: mapped (which the list knows by itself), compatible, or behind a translator. */
function refused() {
  const list = new (nodeNet().BlockList)();
  list.addSubnet('169.254.0.0', 16, 'ipv4');
  list.addSubnet('fe80::', 10, 'ipv6');
  list.addSubnet('::169.254.0.0', 112, 'ipv6');
  list.addSubnet('64:ff9b::169.254.0.0', 112, 'ipv6');
  return list;
}
