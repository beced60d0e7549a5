/** Of this program; package.json names it as well. */
export const VERSION = '0.1.0';
