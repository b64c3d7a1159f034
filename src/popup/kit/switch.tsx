/** A switch with its note below. */

interface SwitchProps {
  id: string;
  label: string;
  note: string;
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
          aria-describedby={`${id}-note`}
          checked={checked}
          aria-disabled={busy}
          onChange={({ currentTarget: box }) => change(box.checked, box)}
        />
        <span>{label}</span>
      </label>
      <p class="hint" id={`${id}-note`}>
        {note}
      </p>
    </>
  );
}
