/** The rows of `npm run providers`: what a provider takes, and what has to come of it. */
import { redirectShapes, type RedirectShape } from '../../demo/redirect-shapes.ts';
import type { LabOptions } from '../../demo/lab.ts';

/** A provider, and what is expected of it. */
export interface ProviderRow {
  id: string;
  title: string;
  /** How its servers are started; anew for each browser, since a provider may keep a list. */
  open(): ProviderAtWork;
  /** Whether the person has to copy or enter anything. */
  types: boolean;
}

/** A provider that is tried. */
export interface ProviderAtWork {
  options: LabOptions;
  /** What the person has from the provider's instructions. */
  entered?: RedirectShape['entered'];
  /** The provider's owner allows an address that the screen names. */
  list?: RedirectShape['list'];
}

const SHAPES: ProviderRow[] = redirectShapes().map(({ id, title, entered, list }) => ({
  id,
  title,
  types: entered !== undefined || list !== undefined,
  open: () => {
    const shape = redirectShapes().find((one) => one.id === id)!;
    return {
      options: { redirects: shape, ...shape.clients },
      ...(shape.entered && { entered: shape.entered }),
      ...(shape.list && { list: shape.list }),
    };
  },
}));

/** All rows. Those of another kind are further lists. */
export const ROWS: readonly ProviderRow[] = [...SHAPES];
