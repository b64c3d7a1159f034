/** Where a small window opens: at the right of the one that is its cause, as people know it from wallets. */

/** A window on the screen; CSS pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Room between the two edges, and for the bars of the browser above a page; CSS pixels. */
const MARGIN = 24;
const BARS = 88;

/** @returns undefined where the browser doesn't say where the asking window is, or that is smaller than what opens */
export function placeBeside(
  { left, top, width, height }: Partial<Frame>,
  size: Pick<Frame, 'width' | 'height'>,
): Pick<Frame, 'left' | 'top'> | undefined {
  if (left === undefined || top === undefined || !width || !height) return undefined;
  if (width < size.width + 2 * MARGIN) return undefined;
  return { left: left + width - size.width - MARGIN, top: top + Math.min(BARS, height / 4) };
}
