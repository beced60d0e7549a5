import { rmSync } from 'node:fs';
import { readLease, type ServicesLease, writeLease } from '../engine/attach/servicesLease.ts';
import type { ServicesLock } from '../engine/attach/servicesLock.ts';
import { UserError } from '../engine/errors.ts';
import type { Random } from '../engine/ports.ts';

interface HostLeasePorts {
  /** Its file. */
  file: string;
  lock: ServicesLock;
  random: Random;
  /** What it says now. */
  read(): ServicesLease;
}

/** What this process says of itself to those who attach, for as long as it is the one that hosts the services. */
export class HostLease {
  readonly #ports: HostLeasePorts;

  constructor(ports: HostLeasePorts) {
    this.#ports = ports;
  }

  write(): void {
    const { file, lock, random, read } = this.#ports;
    if (!lock.isRemoved) writeLease(file, read(), random);
  }

  /** Somebody may have removed it. What cannot be written now is written at the next look: the services go on. */
  keep(): void {
    try {
      if (!this.#isOurs()) this.write();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }

  remove(): void {
    const { file, lock } = this.#ports;
    if (!lock.isRemoved && this.#isOurs()) rmSync(file, { force: true });
  }

  /** Something that is no lease may stand in its place. */
  #isOurs(): boolean {
    const { file, read } = this.#ports;
    try {
      return readLease(file)?.token === read().token;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return false;
    }
  }
}
