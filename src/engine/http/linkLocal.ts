import type { LookupFunction } from 'node:net';
import type { AddressGuard } from './httpConnection.ts';
import { nodeDns, nodeNet } from './nodeHttp.ts';

/** 169.254.0.0/16 and fe80::/10, where cloud machines keep their credentials, however it is written. `host` may be that of a URL. */
export function isLinkLocal(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const version = nodeNet().isIP(address);
  return version !== 0 && refused().check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Lets nothing go to a link-local address, whether it is written as one or a name leads to it, which is known only once it is resolved. */
export function linkLocalGuard(lookup: LookupFunction = nodeDns().lookup): AddressGuard {
  return {
    check: (host) => {
      if (isLinkLocal(host))
        throw new RefusedAddress(`${host} is a link-local address; nothing is sent there`);
    },
    lookup: (hostname, options, callback) =>
      lookup(hostname, options, (error, found, family) => {
        const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
        const refused = error === null ? addresses.find(isLinkLocal) : undefined;
        const said = `${hostname} leads to ${refused}, a link-local address; nothing is sent there`;
        callback(refused === undefined ? error : new RefusedAddress(said), found, family);
      }),
  };
}

class RefusedAddress extends Error {
  readonly code = 'EACCES';

  constructor(message: string) {
    super(message);
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
