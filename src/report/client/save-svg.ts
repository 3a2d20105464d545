import { element, svgElement } from './element.js';

/** A button that saves a drawing with its legend as one SVG file. */
export function saveButton(name: string, drawing: HTMLElement): HTMLButtonElement {
  const button = element(
    'button',
    { type: 'button', class: 'save', 'aria-label': `Save figure ${name} as SVG` },
    'Save SVG',
  );
  button.addEventListener('click', () => {
    const file = new Blob([new XMLSerializer().serializeToString(asOneSvg(drawing))], {
      type: 'image/svg+xml',
    });
    const link = element('a', { download: `${name}.svg`, href: URL.createObjectURL(file) });
    link.click();
    URL.revokeObjectURL(link.href);
  });
  return button;
}

/** All parts of the drawing in one SVG, at their positions on the page. */
function asOneSvg(drawing: HTMLElement): SVGSVGElement {
  const frame = drawing.getBoundingClientRect();
  const [width, height] = [Math.ceil(frame.width), Math.ceil(frame.height)];
  const whole = svgElement('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width: `${width}`,
    height: `${height}`,
    viewBox: `0 0 ${width} ${height}`,
    color: '#1a1a1a',
    'font-family': 'Helvetica, Arial, sans-serif',
  });
  for (const part of drawing.querySelectorAll('svg')) whole.append(copyOf(part, frame));
  for (const text of drawing.querySelectorAll<HTMLElement>('.in-figure')) whole.append(textOf(text, frame));
  return whole;
}

function copyOf(part: SVGSVGElement, frame: DOMRect): SVGElement {
  const copy = part.cloneNode(true) as SVGSVGElement;
  const { x, y, width, height } = part.getBoundingClientRect();
  for (const [name, value] of Object.entries({ x: x - frame.x, y: y - frame.y, width, height }))
    copy.setAttribute(name, `${value}`);
  // The chart's style sheet takes its size from the page, which does not exist in an SVG file.
  copy.removeAttribute('style');
  copy.removeAttribute('font-family');
  copy.setAttribute('font-size', getComputedStyle(part).fontSize);
  copy.querySelector(':scope > style')?.remove();
  return copy;
}

function textOf(text: HTMLElement, frame: DOMRect): SVGTextElement {
  const { x, y, height } = text.getBoundingClientRect();
  const { fontSize, fontWeight } = getComputedStyle(text);
  return svgElement(
    'text',
    {
      x: `${x - frame.x}`,
      y: `${y - frame.y + height / 2}`,
      'dominant-baseline': 'central',
      'font-size': fontSize,
      'font-weight': fontWeight,
      fill: 'currentColor',
    },
    text.textContent,
  );
}
