/** The style sheet of the setup pages. */
import {COLORS} from '../../../slack-view/style.ts';

export const SETUP_STYLE = `
${COLORS}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}
main{max-width:42rem;margin:0 auto;padding:2rem 1.25rem 3rem}
h1{font-size:1.5rem;line-height:1.25;margin:1.5rem 0 .75rem;overflow-wrap:anywhere}
p{margin:.75rem 0;overflow-wrap:anywhere}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;background:var(--code);border-radius:5px;
padding:.1em .35em;overflow-wrap:anywhere}
pre{font:.8125rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;background:var(--panel);
border:1px solid var(--line);border-radius:8px;padding:.75rem 1rem;margin:.5rem 0 1rem;white-space:pre-wrap;overflow-wrap:anywhere}
.dim{color:var(--dim);font-size:.875rem}
ol.steps{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem 1.5rem;margin:0;padding:0;color:var(--dim);font-size:.875rem}
ol.steps li{display:flex;gap:.5rem;align-items:center}
ol.steps b{display:grid;place-items:center;width:1.5rem;height:1.5rem;border-radius:50%;border:1px solid var(--line);font-size:.8125rem}
ol.steps [aria-current]{color:var(--text);font-weight:600}
ol.steps [aria-current] b{background:var(--link);border-color:var(--link);color:var(--bg)}
ol.steps .done b{background:var(--good);border-color:var(--good);color:var(--bg)}
dl{border:1px solid var(--line);border-radius:8px;margin:1.25rem 0;overflow:hidden}
dl div{display:grid;grid-template-columns:9.5rem minmax(0,1fr);gap:.1rem 1rem;padding:.6rem 1rem;border-top:1px solid var(--line)}
dl div:first-child{border-top:0}
dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.25rem 0;align-items:center}
button,.button{display:inline-block;font-family:inherit;font-size:1rem;font-weight:600;line-height:1.25;border-radius:8px;padding:.65rem 1.1rem;cursor:pointer;
text-decoration:none;border:1px solid var(--link);background:var(--link);color:var(--bg)}
button.plain{background:none;border-color:var(--line);color:var(--text);font-weight:400}
.note{border:1px solid var(--line);border-left:4px solid var(--link);border-radius:6px;padding:.6rem .9rem;margin:1rem 0;background:var(--panel)}
.note.bad{border-left-color:var(--bad)}.note.warn{border-left-color:var(--busy)}
@media(max-width:30rem){dl div{grid-template-columns:1fr}.actions>*,.actions button,.actions .button{width:100%;text-align:center}}
`;
