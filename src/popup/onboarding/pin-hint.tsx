/** Where to click to pin the icon, drawn in the colours of the page: no browser looks quite like it. */

interface PinHintProps {
  /** Firefox has a gear where Chromium has a pin. */
  hasGear: boolean;
}

/** The words beside it say the same. */
export function PinHint({ hasGear }: PinHintProps) {
  return (
    <svg class="pin-hint" viewBox="0 0 260 128" aria-hidden="true">
      <rect class="pin-bar" x="1" y="1" width="258" height="42" rx="8" />
      <rect class="pin-field" x="12" y="12" width="160" height="20" rx="10" />
      <circle class="pin-there" cx="203" cy="22" r="16" />
      <path
        class="pin-glyph"
        d="M 196 18 h 4 a 3 3 0 1 1 6 0 h 4 v 4 a 3 3 0 1 1 0 6 v 2 h -14 z"
      />
      <rect class="pin-bar" x="62" y="54" width="190" height="66" rx="8" />
      <g transform="translate(72 74) scale(0.85)">
        <path class="pin-ring" d="M 16.5 10.4 A 7.5 7.5 0 1 0 18.7 18.0" />
        <path class="pin-key" d="M 11 16 H 30 M 22 17 V 22 M 28 17 V 22" />
      </g>
      <text class="pin-name" x="104" y="92">
        Grantkeeper
      </text>
      <circle class="pin-there" cx="226" cy="87" r="16" />
      {hasGear ? (
        <g class="pin-glyph">
          <circle cx="226" cy="87" r="4.5" />
          <path d="M 226 78 v 3 M 226 93 v 3 M 217 87 h 3 M 232 87 h 3 M 219.6 80.6 l 2.2 2.2 M 230.2 91.2 l 2.2 2.2 M 219.6 93.4 l 2.2 -2.2 M 230.2 82.8 l 2.2 -2.2" />
        </g>
      ) : (
        <path class="pin-glyph" d="M 222 79 h 8 l -1 6 l 3 4 h -12 l 3 -4 z M 226 89 v 7" />
      )}
      <Number at={[203, 47]} of={1} />
      <Number at={[226, 112]} of={2} />
    </svg>
  );
}

function Number({ at: [x, y], of }: { at: [number, number]; of: number }) {
  return (
    <>
      <circle class="pin-number" cx={x} cy={y} r="9" />
      <text class="pin-digit" x={x} y={y + 4.5}>
        {of}
      </text>
    </>
  );
}
