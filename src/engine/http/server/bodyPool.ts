/** What all bodies that are being read or handled may take up together: many long ones would fill the memory. */
export class BodyPool {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** For one request, until it is answered. */
  open(): BodyRoom {
    let taken = 0;
    let isOpen = true;
    return {
      take: (bytes) => {
        // A body that was refused may go on; nobody would give back what it takes then.
        if (!isOpen || bytes > this.#left) return false;
        this.#left -= bytes;
        taken += bytes;
        return true;
      },
      giveBack: () => {
        this.#left += taken;
        taken = 0;
        isOpen = false;
      },
    };
  }
}

export interface BodyRoom {
  /** False where there is none left, or it was given back. */
  take(bytes: number): boolean;
  /** For good: nothing more can be taken. */
  giveBack(): void;
}
