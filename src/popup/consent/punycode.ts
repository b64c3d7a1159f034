/** Reads a coded label of a host (RFC 3492), to see which name it looks like. It is never shown decoded (T-17). */

const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_BIAS = 72;
const FIRST_CODE = 128;

/** The label as it would be read; one that is not coded, or wrongly, as it is. */
export function decodeLabel(label: string): string {
  if (!label.startsWith('xn--')) return label;
  return decode(label.slice(4)) ?? label;
}

function decode(coded: string): string | undefined {
  const dash = coded.lastIndexOf('-');
  const letters = [...coded.slice(0, Math.max(dash, 0))];
  let rest = [...coded.slice(dash + 1)];
  let [code, place, bias] = [FIRST_CODE, 0, FIRST_BIAS];
  while (rest.length > 0) {
    const before = place;
    const read = readNumber(rest, bias);
    if (!read) return undefined;
    place += read.value;
    rest = rest.slice(read.length);
    const count = letters.length + 1;
    bias = adapt(place - before, count, before === 0);
    code += Math.floor(place / count);
    place %= count;
    if (code > 0x10ffff) return undefined;
    letters.splice(place, 0, String.fromCodePoint(code));
    place += 1;
  }
  return letters.join('');
}

/** A number of variable length (RFC 3492 §3.3). */
function readNumber(digits: readonly string[], bias: number) {
  let [value, weight] = [0, 1];
  for (const [index, digit] of digits.entries()) {
    const worth = /\d/.test(digit) ? Number(digit) + 26 : digit.charCodeAt(0) - 97;
    if (worth < 0 || worth >= BASE) return undefined;
    value += worth * weight;
    const threshold = Math.min(Math.max(BASE * (index + 1) - bias, T_MIN), T_MAX);
    if (worth < threshold) return { value, length: index + 1 };
    weight *= BASE - threshold;
  }
  return undefined;
}

function adapt(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(isFirst ? delta / DAMP : delta / 2);
  rest += Math.floor(rest / count);
  let steps = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; steps += BASE)
    rest = Math.floor(rest / (BASE - T_MIN));
  return steps + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
