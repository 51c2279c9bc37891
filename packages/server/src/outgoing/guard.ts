/**
 * Which addresses outgoing requests may dial (decisions.md 9): public ones, and those that a setting allows by
 * host, address or range. What is judged is the address that is really dialled, never only the name.
 */
import ipaddr from 'ipaddr.js';

/** The address is not for outgoing requests; the message explains it. */
export class AddressRefused extends Error {
  constructor(host: string, address: string) {
    super(
      `${host === address ? `The address ${address}` : `${host} leads to ${address}, which`} is not public. ` +
        'Name it in HOORY_WEBHOOK_ALLOW to allow it',
    );
    this.name = 'AddressRefused';
  }
}

export interface Guard {
  /** @throws AddressRefused */
  check(host: string, address: string): void;
}

/** @param allow hosts, addresses and CIDRs; a host's name allows every address it leads to */
export function openGuard(allow: readonly string[]): Guard {
  const hosts = new Set(allow.map((entry) => entry.toLowerCase()));
  const ranges = allow.filter((entry) => ipaddr.isValidCIDR(entry)).map((entry) => ipaddr.parseCIDR(entry));
  const singles = allow.filter((entry) => ipaddr.isValid(entry)).map((entry) => ipaddr.process(entry));
  return {
    check: (host, address) => {
      // An IPv4 address inside an IPv6 one is judged as what it is.
      const ip = ipaddr.process(address);
      if (ip.range() === 'unicast' || hosts.has(host.toLowerCase())) return;
      if (singles.some((single) => single.toString() === ip.toString())) return;
      const isWithin = ranges.some((range) => ip.kind() === range[0].kind() && ip.match(range));
      if (!isWithin) throw new AddressRefused(host, address);
    },
  };
}
