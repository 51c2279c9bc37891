/** Messages as they were typed and as every screen shows them. `<tag>` is written as in HTML, without attributes. */

/** Of a customer: what was typed is what is shown. */
export const typedTexts = [
  '1001. blue\n1005. red',
  '2*3*4',
  String.raw`C:\_new\*.log`,
  '&copy; &lt;b&gt;',
  '# 5',
  '__init__ **kwargs ~~no~~ `x`',
  '> quote',
  '- 5 degrees\n+ 3',
  '<b>bold</b><script>alert(1)</script>',
  '[label](/path) ![alt](x.png)',
  '  two  spaces\n\n\nthree lines',
  '```not a fence\n```',
  '```\nnot closed',
  'a\tb\u00a0c',
];

/** Text of the company: what was typed, and the elements it becomes. */
export const markdownTexts: [typed: string, shown: string][] = [
  ['plain\ntext', '<p>plain\ntext</p>'],
  ['one\n\ntwo', '<p>one</p><p>two</p>'],
  ['**bold** __too__', '<p><strong>bold</strong> <strong>too</strong></p>'],
  ['*a* _b_ ~~c~~', '<p><em>a</em> <em>b</em> <del>c</del></p>'],
  ['***both***', '<p><strong><em>both</em></strong></p>'],
  ['**a *b* c**', '<p><strong>a <em>b</em> c</strong></p>'],
  ['*a **b* c**', '<p><em>a **b</em> c**</p>'],
  ['2*3*4 snake_case_name 5 * 6', '<p>2*3*4 snake_case_name 5 * 6</p>'],
  ['这是*强调*，**重要：**请看', '<p>这是<em>强调</em>，<strong>重要：</strong>请看</p>'],
  ['`a*b*` ``c`d``', '<p><code>a*b*</code> <code>c`d</code></p>'],
  [String.raw`\*no\* C:\dir`, String.raw`<p>*no* C:\dir</p>`],
  ['# Title\ntext', '<p><strong>Title</strong></p><p>text</p>'],
  ['#5 #tag', '<p>#5 #tag</p>'],
  ['&copy; <b>x</b>', '<p>&copy; <b>x</b></p>'],
  ['- a\n- b', '<ul><li><p>a</p></li><li><p>b</p></li></ul>'],
  ['- a\n  - b\n\n- c', '<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul>'],
  [
    'Then:\n1001. blue\n1005. red',
    '<p>Then:</p><ol><li><span>1001. </span><div><p>blue</p></div></li>' +
      '<li><span>1005. </span><div><p>red</p></div></li></ol>',
  ],
  ['007) x', '<ol><li><span>007) </span><div><p>x</p></div></li></ol>'],
  ['1. a\nafter', '<ol><li><span>1. </span><div><p>a</p></div></li></ol><p>after</p>'],
  ['1. a\n   ```sh\n   x\n   ```', '<ol><li><span>1. </span><div><p>a</p><pre>x</pre></div></li></ol>'],
  ['> a\n> b', '<blockquote><p>a\nb</p></blockquote>'],
  ['```js\n*a*\n\nb\n```', '<pre>*a*\n\nb</pre>'],
  ['```\nopen', '<p>```\nopen</p>'],
  ['[a](https://x.test/b_(c) "t")', '<p><a>a</a></p>'],
  ['![a](https://x.test/b.png)', '<p><a>a</a></p>'],
  ['[**a**](mailto:a@x.test) [b](tel:+1)', '<p><a><strong>a</strong></a> <a>b</a></p>'],
  ['[a](javascript:alert(1)) [b](/c)', '<p>[a](javascript:alert(1)) [b](/c)</p>'],
  ['[@Bo (IT)](mention://user/1/Bo%20(IT)) hi', '<p><span>@Bo (IT)</span> hi</p>'],
  ['**https://x.test/a**', '<p><strong><a>https://x.test/a</a></strong></p>'],
];

/** Both kinds: text, and the addresses of its links. */
export const linkedTexts: [typed: string, addresses: string[]][] = [
  ['see https://x.test/a.', ['https://x.test/a']],
  ['(https://en.wikipedia.org/wiki/Foo_(bar)).', ['https://en.wikipedia.org/wiki/Foo_(bar)']],
  ['(see https://x.test/a)b', ['https://x.test/a']],
  ['请看https://x.test/a。', ['https://x.test/a']],
  ['（https://x.test/a）、', ['https://x.test/a']],
  [
    '「https://x.test/a」 『https://x.test/b』 【https://x.test/c】',
    ['https://x.test/a', 'https://x.test/b', 'https://x.test/c'],
  ],
  ['https://x.test/a，https://x.test/b！', ['https://x.test/a', 'https://x.test/b']],
  ['https://ja.wikipedia.org/wiki/佐々木', ['https://ja.wikipedia.org/wiki/佐々木']],
  ['HTTP://X.test/?q=[1]&r=2, ok', ['HTTP://X.test/?q=[1]&r=2']],
  ['www.x.test! and mail to a.b+c@x.test.', ['https://www.x.test', 'mailto:a.b+c@x.test']],
  ['https://x.test/a\u202e/b', ['https://x.test/a']],
  ['javascript:alert(1) ftp://x.test data:text/html,x https:// https://)', []],
  ['xhttps://x.test a@b', []],
];
