package directory

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestWord is the number of bytes of a word that are kept: nobody types more.
const longestWord = 40

// eachWord gives the words of a name as they are compared: upper case, without marks
// over letters, apostrophes and full stops dropped ("O'Brien" is OBRIEN, "M.D." is MD),
// every other sign a gap ("Smith-Jones" is SMITH and JONES). What it gives holds until
// the next word.
func eachWord(name []byte, room []byte, take func(word []byte)) {
	for _, c := range name {
		if c >= utf8.RuneSelf {
			name = fold(name)
			break
		}
	}
	w := room[:0]
	for _, c := range name {
		switch {
		case c >= 'a' && c <= 'z':
			w = append(w, c-'a'+'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c >= utf8.RuneSelf:
			w = append(w, c)
		case c == '\'' || c == '.' || c == '`':
		default:
			if len(w) > 0 {
				take(w[:min(len(w), longestWord)])
				w = w[:0]
			}
		}
	}
	if len(w) > 0 {
		take(w[:min(len(w), longestWord)])
	}
}

// fold takes the marks off letters and keeps letters and digits of every script; all
// else becomes a blank or, for apostrophes, nothing.
func fold(name []byte) []byte {
	var out []byte
	for _, r := range string(norm.NFD.Bytes(name)) {
		if plain, ok := plainLetters[r]; ok {
			out = append(out, plain...)
			continue
		}
		switch {
		case unicode.Is(unicode.Mn, r), r == '’', r == '‘', r == 'ʼ':
		case r == utf8.RuneError:
			out = append(out, ' ')
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case unicode.IsLetter(r), unicode.IsDigit(r):
			out = utf8.AppendRune(out, unicode.ToUpper(r))
		default:
			out = append(out, ' ')
		}
	}
	return out
}

// plainLetters are those that no decomposition makes plain.
var plainLetters = map[rune]string{'ß': "SS", 'ẞ': "SS", 'Ø': "O", 'ø': "O", 'Æ': "AE", 'æ': "AE", 'Œ': "OE", 'œ': "OE", 'Ł': "L", 'ł': "L", 'Đ': "D", 'đ': "D", 'ð': "D", 'Ð': "D", 'Þ': "TH", 'þ': "TH", 'ı': "I"}
