/** What a step of the story is. */
import type { SitePage } from './story-site.ts';
import type { Stage } from './story-stage.ts';

/** Who is on stage, once they have entered. */
export interface Cast {
  stage: Stage;
  siteA: SitePage;
  siteB: SitePage;
}

/** One step of the story. */
export interface Step {
  title: string;
  /** The OAuth requests that it must cost, as {@link describeCost} tells them; they may depend on the stage. */
  cost: string | ((stage: Stage) => string);
  /** How many consent windows it must open. */
  prompts: number;
  /** Without this one the rest cannot be told. */
  essential?: true;
  /** Resolves what happened, in a sentence or two. */
  run(cast: Cast): Promise<string>;
}

/** The popup's row of a site's grant. */
export function grantRow(stage: Stage, site: 'siteA' | 'siteB'): string {
  return `[data-grant="${stage.lab[site].origin} ${stage.lab.mcpServer.url}"]`;
}
