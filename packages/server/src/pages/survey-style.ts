/** The style of the survey's page. */

export const surveyStyle = `
:root{color-scheme:light dark;--surface:light-dark(oklch(.995 .002 260),oklch(.2 .012 260));--text:light-dark(oklch(.22 .02 260),oklch(.94 .006 260));
--accent:light-dark(oklch(.5 .19 262),oklch(.56 .18 264));--red:light-dark(oklch(.5 .19 27),oklch(.75 .15 25));--star:light-dark(oklch(.6 .14 65),oklch(.8 .15 80));
--soft:color-mix(in oklch,var(--surface),var(--text) 7%);--line:color-mix(in oklch,var(--surface),var(--text) 14%);
--control:color-mix(in oklch,var(--surface),var(--text) 48%);--dim:color-mix(in oklch,var(--surface),var(--text) 70%)}
*{box-sizing:border-box}
body{margin:0;font:15px/1.45 Inter,system-ui,sans-serif;background:var(--soft);color:var(--text);overflow-wrap:anywhere}
main{max-width:440px;min-height:100dvh;margin:0 auto;padding:24px;background:var(--surface)}
@media(min-width:480px){main{min-height:0;margin:max(24px,12vh) auto;border:1px solid var(--line);border-radius:16px}}
header{display:flex;align-items:center;gap:12px;padding-bottom:16px;border-bottom:1px solid var(--line);font-weight:600}
img{border-radius:50%;object-fit:cover}
h1{font-size:20px;line-height:1.3;margin:16px 0 8px}p{margin:8px 0}.dim{color:var(--dim)}
.sign{font-size:24px;vertical-align:-2px}.quote{padding:8px 12px;border-radius:10px;background:var(--soft);white-space:pre-wrap}
fieldset{border:0;padding:0;margin:16px 0 8px;min-width:0}
.choices{display:flex;gap:8px}.choices label{position:relative;flex:1;display:grid;place-items:center;min-height:56px;border:1px solid var(--control);border-radius:10px;font-size:28px;cursor:pointer}
.choices input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.choices label:has(:checked){border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
.choices label:has(:focus-visible),button:focus-visible,textarea:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.faces:has(:checked) label:not(:has(:checked)) span{opacity:.6}
.stars label{color:var(--control)}.stars label:has(:checked),.stars label:has(~label :checked){color:var(--star)}
.ends{display:flex;justify-content:space-between;font-size:13px;margin-top:4px}
textarea,button{display:block;width:100%;font:inherit;border-radius:10px}
textarea{margin:4px 0 16px;padding:8px 12px;font-size:16px;border:1px solid var(--control);background:transparent;color:inherit;resize:vertical}
button{min-height:44px;border:0;background:var(--accent);color:#fff;cursor:pointer}
summary{cursor:pointer;padding:8px 0;border-radius:6px}[role=alert]{color:var(--red)}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
`;
