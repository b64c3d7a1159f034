/** A switch, with a note below where it needs one. */

interface SwitchProps {
  id: string;
  label: string;
  note: string | undefined;
  checked: boolean;
  busy?: boolean;
  change: (checked: boolean, box: HTMLInputElement) => void;
}

/** Says what it is for before it is touched. */
export function Switch({ id, label, note, checked, busy = false, change }: SwitchProps) {
  return (
    <>
      <label class="switch" for={id}>
        <input
          id={id}
          type="checkbox"
          role="switch"
          {...(note !== undefined && { 'aria-describedby': `${id}-note` })}
          checked={checked}
          aria-disabled={busy}
          onChange={({ currentTarget: box }) => change(box.checked, box)}
        />
        <span>{label}</span>
      </label>
      {note !== undefined && (
        <p class="hint" id={`${id}-note`}>
          {note}
        </p>
      )}
    </>
  );
}
