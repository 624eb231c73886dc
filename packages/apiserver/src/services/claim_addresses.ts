// Which addresses a write of a service takes. Others than those it names here never change: validation refuses that.
import { type FieldError, internalError, invalid, invalidValue, type Service } from '@kubets/api';
import type { Family } from './address_range.ts';
import { ownerOf, type Taking } from './pools.ts';
import type { ServiceWrite } from './service_hooks.ts';

/** Other servers may take what this one has just found free; so many times it looks again. */
const maxTries = 16;

export async function claimAddresses(write: ServiceWrite, old: Service | undefined): Promise<void> {
  const { spec } = write.service;
  if (spec.type === 'ExternalName') return;
  if (!old || old.spec.type === 'ExternalName') {
    if (spec.clusterIPs?.[0] === 'None') return;
    const families = (spec.ipFamilies ?? []) as Family[];
    const asked = spec.clusterIPs ?? [];
    const taken: string[] = [];
    for (const [i, family] of families.entries()) taken.push(await claim(write, family, asked[i]));
    spec.clusterIPs = [...taken, ...asked.slice(families.length)];
    if (taken.length > 0) spec.clusterIP = taken[0];
    return;
  }
  if (old.spec.clusterIPs?.[0] === 'None') return;
  const upgraded = old.spec.ipFamilies?.length === 1 && spec.ipFamilies?.length === 2;
  if (!upgraded) return;
  const [first = '', second] = spec.clusterIPs ?? [];
  spec.clusterIPs = [first, await claim(write, spec.ipFamilies![1] as Family, second)];
}

async function claim(write: ServiceWrite, family: Family, asked: string | undefined): Promise<string> {
  const { addresses } = write;
  // A dry run asks the first range alone and whether it could be, not whether it is free.
  if (write.dryRun) {
    const range = addresses.rangesOf(family)[0];
    if (!range) throw fullError(write.service);
    if (!asked) return range.networkAddress;
    if (!range.containsText(asked))
      throw addressError(
        write.service,
        asked,
        `the provided IP (${asked}) is not in the valid range. The range of valid IPs is ${range.text}`,
      );
    return asked;
  }
  return asked ? await claimAsked(write, asked) : await claimAny(write, family);
}

async function claimAsked(write: ServiceWrite, ip: string): Promise<string> {
  const { addresses, shared, service, owner } = write;
  const taking = addresses.take(ip, owner);
  if (taking === 'taken' || taking === 'out of range') throw addressError(service, ip, whyNot[taking]);
  // What a service has already is not given back by a second one of its name, which comes to nothing.
  if (taking === 'ok') write.onUndo(() => addresses.give(ip, owner));
  const claim = await shared.takeAddress(ip, service);
  if (claim === 'taken') throw addressError(service, ip, whyNot.taken);
  if (claim === 'ok') write.onUndo(() => shared.giveAddress(ip, service));
  return ip;
}

async function claimAny(write: ServiceWrite, family: Family): Promise<string> {
  const { addresses, shared, random, service } = write;
  const owner = ownerOf(service);
  for (let attempt = 1; attempt <= maxTries; attempt++) {
    const ip = addresses.takeAny(family, owner, random, (each) => shared.isAddressTaken(each));
    if (ip === undefined) break;
    if ((await shared.takeAddress(ip, service)) !== 'taken') {
      write.onUndo(() => addresses.give(ip, owner));
      write.onUndo(() => shared.giveAddress(ip, service));
      return ip;
    }
    addresses.give(ip, owner);
  }
  throw fullError(service);
}

const whyNot: Record<Exclude<Taking, 'ok' | 'held'>, string> = {
  taken: 'provided IP is already allocated',
  'out of range': 'the provided network does not match the current range',
};

function addressError(service: Service, ip: string, why: string) {
  const error: FieldError = invalidValue(
    'spec.clusterIPs',
    service.spec.clusterIPs,
    `failed to allocate IP ${ip}: ${why}`,
  );
  return invalid({ group: '', kind: 'Service' }, service.metadata.name, [error]);
}

function fullError({ metadata }: Service) {
  return internalError(`failed to allocate a serviceIP for Service "${metadata.name}": range is full`);
}
