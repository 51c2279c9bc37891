/**
 * Decides to which addresses outgoing requests may connect (decisions.md 9): public ones, and those that `HOORY_WEBHOOK_ALLOW`
 * lists
 * by host, address or range. It checks the IP address of the connection, because a host name may resolve to a private one.
 */
import ipaddr from 'ipaddr.js';

/** Outgoing requests may not connect to the address. The message says so to the user, and how to allow it. */
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

/** @param allow hosts, addresses and CIDRs; a host allows every address to which its name resolves */
export function openGuard(allow: readonly string[]): Guard {
  const hosts = new Set(allow.map((entry) => entry.toLowerCase()));
  const ranges = allow.filter((entry) => ipaddr.isValidCIDR(entry)).map((entry) => ipaddr.parseCIDR(entry));
  const singles = allow.filter((entry) => ipaddr.isValid(entry)).map((entry) => ipaddr.process(entry));
  return {
    check: (host, address) => {
      // `process` unwraps an IPv4 address that is mapped into IPv6.
      const ip = ipaddr.process(address);
      if (ip.range() === 'unicast' || hosts.has(host.toLowerCase())) return;
      if (singles.some((single) => single.toString() === ip.toString())) return;
      const isWithin = ranges.some((range) => ip.kind() === range[0].kind() && ip.match(range));
      if (!isWithin) throw new AddressRefused(host, address);
    },
  };
}
