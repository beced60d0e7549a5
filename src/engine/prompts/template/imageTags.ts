/** A Markdown image `![alt](url)` in three parts: all belong to the template; the URL may contain variables. */
export interface ImageTag {
  start: number;
  urlStart: number;
  urlEnd: number;
  end: number;
}

/** The Markdown images of a template, in order. Titles after the url belong to the closing part. */
export function findImageTags(template: string): ImageTag[] {
  const images: ImageTag[] = [];
  for (let start = template.indexOf('!['); start >= 0; start = template.indexOf('![', start + 2)) {
    const bracket = template.indexOf(']', start + 2);
    if (bracket < 0) break;
    if (template[bracket + 1] !== '(') continue;

    const urlStart = bracket + 2;
    const close = template.indexOf(')', urlStart);
    if (close < 0) break;

    const feed = template.indexOf('\n', urlStart);
    if (feed >= 0 && feed < close) {
      start = feed;
      continue;
    }

    const urlEnd = endOfUrl(template, urlStart);
    if (urlEnd === undefined) continue;

    const end = template.indexOf(')', urlEnd) + 1;
    images.push({ start, urlStart, urlEnd, end });
    start = end - 2;
  }

  return images;
}

/** Before a blank or `)`, on the same line; `{{ … }}` is passed over whole. */
function endOfUrl(template: string, urlStart: number): number | undefined {
  for (let at = urlStart; at < template.length; at += 1) {
    const character = template[at];
    if (character === '\n') return undefined;
    if (character === ')') return at > urlStart ? at : undefined;

    if (character === ' ' || character === '\t') {
      const close = template.indexOf(')', at);
      const feed = template.indexOf('\n', at);
      return at > urlStart && close >= 0 && (feed < 0 || close < feed) ? at : undefined;
    }

    if (template.startsWith('{{', at)) {
      const close = template.indexOf('}}', at);
      if (close < 0) return undefined;
      at = close + 1;
    }
  }

  return undefined;
}

/** Whether a model can be given this address as an image. */
export function isImageUrl(url: string): boolean {
  return /^(https?:\/\/|data:image\/)/i.test(url);
}
