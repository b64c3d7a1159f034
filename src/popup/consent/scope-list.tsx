/** The new permissions: a line for each, or groups once there are many, with boxes while the user chooses. */
import { useState } from 'preact/hooks';
import { hintScope } from '../kit/scope-hints.ts';
import { text } from '../kit/text.ts';
import { groupPiece, scopePiece, type ScopeGroup, type ScopeLayout } from './scope-layout.ts';
import { ScopeLine, ScopeWords } from '../kit/scope-line.tsx';
import { tick, type Ticks } from './scope-ticks.ts';

interface ScopeListProps {
  layout: ScopeLayout;
  ticks: Ticks;
  ticked: ReadonlySet<string>;
  isLong: boolean;
  change: (ticks: Ticks) => void;
}

interface RowProps extends Omit<ScopeListProps, 'layout' | 'isLong'> {
  scopes: readonly string[];
}

/** With a field to search in where there are many. What the search leaves out stays to be read. */
export function ScopeList({ layout, isLong, ...row }: ScopeListProps) {
  const [words, setWords] = useState('');
  const all = [...layout.lines, ...layout.groups.flatMap(({ scopes }) => scopes)];
  const wanted = words.trim().toLowerCase();
  const found = all.filter((scope) => scope.toLowerCase().includes(wanted));
  return (
    <>
      {isLong && (
        <input
          type="search"
          id="scope-search"
          aria-label={text('scopeSearch')}
          placeholder={text('scopeSearch')}
          value={words}
          onInput={({ currentTarget: field }) => setWords(field.value)}
        />
      )}
      {wanted !== '' && (
        <p class="hint" role="status">
          {text('searchFound', String(found.length), String(all.length))}
        </p>
      )}
      <ul id="scopes-new">
        {(wanted === '' ? layout.lines : found).map((scope) => (
          <li key={scope} data-read={scopePiece(scope)}>
            <Row {...row} scopes={[scope]}>
              <ScopeLine scope={scope} />
            </Row>
          </li>
        ))}
        {wanted === '' &&
          layout.groups.map((group) => (
            <li key={group.strongest} class="scope-group">
              <Group group={group} {...row} />
            </li>
          ))}
      </ul>
    </>
  );
}

function Row({ children, ...row }: RowProps & { children: preact.ComponentChildren }) {
  if (row.ticks.mode !== 'choose') return <span>{children}</span>;
  return (
    <label class="tick">
      <Box {...row} />
      <span>{children}</span>
    </label>
  );
}

/** Ticks one, or a whole group. */
function Box({ scopes, ticks, ticked, change, label }: RowProps & { label?: string }) {
  const on = scopes.filter((scope) => ticked.has(scope)).length;
  return (
    <input
      type="checkbox"
      checked={on === scopes.length}
      aria-label={label}
      ref={(box) => {
        if (box) box.indeterminate = on > 0 && on < scopes.length;
      }}
      onChange={({ currentTarget: box }) => change(tick(ticks, scopes, box.checked))}
    />
  );
}

/** Folded. Its head is what has to be read: what it is about, how many there are, and the most powerful of them. */
function Group({ group, ...row }: Omit<RowProps, 'scopes'> & { group: ScopeGroup }) {
  const { object, hint, scopes, strongest } = group;
  const name = object ?? text(hint ?? 'scopesOther');
  return (
    <>
      {row.ticks.mode === 'choose' && <Box {...row} scopes={scopes} label={name} />}
      <details>
        <summary data-read={groupPiece(strongest)}>
          {object === undefined ? (
            <span class="means">{name}</span>
          ) : (
            <bdi class="means">{name}</bdi>
          )}{' '}
          <span class="count">{scopes.length}</span>{' '}
          <span class="strongest">
            {hintScope(strongest) === undefined && text('scopesUnknown')}
            {object !== undefined && <ScopeWords scope={strongest} />} <code>{strongest}</code>
          </span>
        </summary>
        <ul>
          {scopes.map((scope) => (
            <li key={scope}>
              <Row {...row} scopes={[scope]}>
                <ScopeLine scope={scope} />
              </Row>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
