/** What all bodies that are being read or handled may take up together: many long ones would fill the memory. */
export class BodyPool {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** For one request, until it is answered. */
  open(): BodyRoom {
    let taken = 0;
    return {
      take: (bytes) => {
        if (bytes > this.#left) return false;
        this.#left -= bytes;
        taken += bytes;
        return true;
      },
      giveBack: () => {
        this.#left += taken;
        taken = 0;
      },
    };
  }
}

export interface BodyRoom {
  /** False where there is none left. */
  take(bytes: number): boolean;
  giveBack(): void;
}
