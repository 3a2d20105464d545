import type { ReportData } from '../report-data.js';
import { drawGantt, type Inks } from './gantt-pixels.js';
import type { GanttRows } from './gantt-rows.js';
import type { LoadedAttempts } from './loaded-schedule.js';
import { frameworkColor } from './palette.js';
import { PixelLayer } from './pixel-layer.js';
import type { TimeView } from './time-view.js';

/** Returns a function that draws the rows in view on a canvas, in the colours of now. `ratio`: pixels of the canvas per pixel of the page. */
export function ganttPainter(
  canvas: HTMLCanvasElement,
  ratio: number,
  { data, ...drawn }: { rows: GanttRows; policy: LoadedAttempts; view: TimeView; data: ReportData },
): () => void {
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  if (context === null || width === 0 || height === 0) return () => {};
  const inks = inksOf(data);
  return () => {
    const { layer, image } = sheetOf(width, height);
    drawGantt(layer, { ...drawn, inks, ratio });
    context.putImageData(image, 0, 0);
  };
}

/** An image, and the layer that fills it. */
interface Sheet {
  readonly layer: PixelLayer;
  readonly image: ImageData;
}

let kept: Sheet | undefined;

/** The last sheet, if it has this size: all panels draw on one, because a new one takes longer than to draw. */
function sheetOf(width: number, height: number): Sheet {
  if (kept?.layer.width === width && kept.layer.height === height) return kept;
  const image = new ImageData(width, height);
  kept = { image, layer: new PixelLayer(new Uint32Array(image.data.buffer), width, height) };
  return kept;
}

function inksOf({ frameworks }: ReportData): Inks {
  const page = getComputedStyle(document.documentElement);
  const ink = (name: string) => pixelOf(page.getPropertyValue(name).trim());
  return {
    frameworks: frameworks.map(({ isSingle }, place) => ink(frameworkColor(place, isSingle).slice(4, -1))),
    backfilled: ink('--backfilled'),
    ink: ink('--ink'),
    failure: ink('--failure'),
    wait: ink('--soft'),
  };
}

/** `#rrggbb` as a pixel: the bytes of red, green, blue and opacity. */
function pixelOf(color: string): number {
  const value = Number.parseInt(color.slice(1), 16);
  const bytes = Uint8Array.of(value >> 16, (value >> 8) & 255, value & 255, 255);
  return new Uint32Array(bytes.buffer)[0];
}
