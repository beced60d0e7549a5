// Where the system's language is C, Chromium names one that its own Intl refuses ("en-US@posix"), and uPlot asks for it while it is
// loaded. So this comes first.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}

export {};
