/** The way to a recipe of docs/providers. */
import browser from 'webextension-polyfill';
import { RECIPES, type RecipeName } from '../../shared/facts/recipes.ts';
import { text } from '../kit/text.ts';

/** Our own words about a provider that is known; its page opens by a click only, and nothing is loaded from there. */
export function RecipeLine({ name }: { name: RecipeName }) {
  const page = `docs/providers/${name}.md`;
  const { homepage_url: home } = browser.runtime.getManifest();
  return (
    <p class="hint" id="recipe" data-recipe={name}>
      {text('recipeFor', RECIPES[name])}{' '}
      {home === undefined ? (
        <code>{page}</code>
      ) : (
        <a href={`${home}/blob/HEAD/${page}`} target="_blank" rel="noreferrer">
          {text('recipeOpen')}
        </a>
      )}
    </p>
  );
}
