/** What is said about a series of times: its median, its quartiles, and how sure a ratio of two medians is. */

/** Milliseconds. */
export interface Summary {
  median: number;
  quartiles: [number, number];
}

/** A ratio of medians with the interval that holds it in 95 of 100 resamplings (percentile bootstrap). */
export interface Ratio {
  value: number;
  interval: [number, number];
}

const RESAMPLINGS = 2000;

/** Summarises a series. */
export function summarise(times: readonly number[]): Summary {
  return {
    median: quantile(times, 0.5),
    quartiles: [quantile(times, 0.25), quantile(times, 0.75)],
  };
}

/** The ratio of two medians. */
export function compare(times: readonly number[], base: readonly number[]): Ratio {
  const resampled = Array.from(
    { length: RESAMPLINGS },
    () => quantile(resample(times), 0.5) / quantile(resample(base), 0.5),
  );
  return {
    value: quantile(times, 0.5) / quantile(base, 0.5),
    interval: [quantile(resampled, 0.025), quantile(resampled, 0.975)],
  };
}

/** The value below which this part of the series lies, interpolated between neighbours. */
function quantile(series: readonly number[], part: number): number {
  const sorted = [...series].sort((one, other) => one - other);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

function resample(series: readonly number[]): number[] {
  return series.map(() => series[Math.floor(Math.random() * series.length)] ?? NaN);
}
