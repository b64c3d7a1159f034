/** How long tokens last, over hours and days (H); each call is of a page that was opened anew. */
import type { Members } from '../answers.ts';
import { DAY, every, MINUTE } from '../later.ts';
import { connects, type Row } from '../row.ts';
import type { WildServer } from '../server.ts';
import { jwt } from './secret.ts';

const YEAR = 365 * 86_400;
const SIXTY_DAYS = 60 * 86_400;
const anHour = every(6 * MINUTE, 10);
const fiveDays = every(DAY, 5);

/** Changes members of every token answer; tokens without a lifetime never end at the server. */
const answers = (members: Members) => (s: WildServer) => {
  s.lasts = YEAR;
  s.exchanged = (tokens) => ({ ...tokens, ...members });
  s.refreshed = s.exchanged;
};

/** Group H. */
export const LIFETIME_ROWS: readonly Row[] = [
  {
    id: 'H01',
    variant: 'no expires_in, no refresh token (GitHub OAuth app), a call every 6 min for an hour',
    source: 'rust-sdk#594, fastmcp#2534, claude-code#26281',
    change: answers({ expires_in: undefined, refresh_token: undefined }),
    later: anHour,
    wants: connects({ later: '10 × 200, 0 asked, 0 windows' }),
    faults: 'F25',
  },
  {
    id: 'H02',
    variant: 'no expires_in, with refresh token, the same hour',
    source: 'LibreChat#13248',
    change: answers({ expires_in: undefined }),
    later: anHour,
    wants: connects({ later: '10 × 200, 0 asked, 0 windows' }),
  },
  {
    id: 'H03',
    variant: 'expires_in 3600, no refresh token (Slack), the same hour',
    source: 'slack-skills-plugin#2',
    change: answers({ refresh_token: undefined }),
    later: anHour,
    wants: connects({ later: '10 × 200, 0 asked, 1 window' }),
  },
  {
    id: 'H04',
    variant: 'expires_in 60 days, no refresh token (Meta), a call a day for 5 days',
    source: 'claude-code#86430',
    change: answers({ expires_in: SIXTY_DAYS, refresh_token: undefined }),
    later: fiveDays,
    wants: connects({ later: '5 × 200, 0 asked, 0 windows' }),
  },
  {
    id: 'H05',
    variant: 'expires_in 60 days with refresh token, a call a day for 5 days',
    source: 'constructed',
    change: answers({ expires_in: SIXTY_DAYS }),
    later: fiveDays,
    wants: connects({ later: '5 × 200, 0 asked, 0 windows' }),
  },
  {
    id: 'H06',
    variant: 'JWT with exp a day away, no expires_in, no refresh token, the same hour',
    source: 'class of LibreChat#13248',
    change: (s) => {
      answers({ expires_in: undefined, refresh_token: undefined })(s);
      s.tokenShape = (jti) => jwt({ jti, exp: Math.floor(Date.now() / 1000) + 86_400 });
    },
    later: anHour,
    wants: connects({ later: '10 × 200, 0 asked, 0 windows' }),
  },
  {
    id: 'H07',
    variant: 'expires_in 0, no refresh token',
    source: 'qwen-code#5355',
    change: answers({ expires_in: 0, refresh_token: undefined }),
    later: anHour,
    wants: connects({ later: '10 × 200, 0 asked, 0 windows' }),
  },
];
