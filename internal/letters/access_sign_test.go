package letters

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// path writes strokes in the one way in which the page sends them.
func path(strokes [][]Point) string {
	var b strings.Builder
	for _, s := range strokes {
		for i, p := range s {
			step := "L"
			if i == 0 {
				step = "M"
			}
			fmt.Fprintf(&b, "%s%d %d", step, p.X, p.Y)
		}
	}
	return b.String()
}

func FuzzStrokes(f *testing.F) {
	for _, s := range []string{
		"", "M0 0", "M10 20L30 40", "M1 1L2 2L3 3M4 4L5 5L6 6L7 7L8 8", "M600 200L0 0", "M601 0", "L1 1", "M1 1 L2 2", "M1 1l2 2", "M1 1C1 1 2 2 3 3",
		"M0001 0002", "M1.5 2", "M-1 2", "m1 1", "M1 1\n", "M1 1<script>", "M١ ٢", "M12345 1", strings.Repeat("M1 1", manyPoints), strings.Repeat("M1 1", manyPoints+1), "M1 1" + strings.Repeat("L2 2", manyPoints) + "x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		began := time.Now()
		strokes, err := Strokes(text)
		if took := time.Since(began); took > 10*time.Second {
			t.Fatalf("%d bytes took %v", len(text), took)
		}
		if err != nil {
			if strokes != nil || err.Error() == "" {
				t.Fatalf("refused, and yet %d strokes; %v", len(strokes), err)
			}
			return
		}
		count := 0
		for _, s := range strokes {
			if len(s) == 0 {
				t.Fatal("a stroke without a point")
			}
			for _, p := range s {
				if count++; p.X < 0 || p.X > SignWidth || p.Y < 0 || p.Y > SignHeight {
					t.Fatalf("%v lies outside the field", p)
				}
			}
		}
		if count > manyPoints || count == 0 && text != "" || strings.Trim(text, "ML 0123456789") != "" {
			t.Fatalf("%d points of %q", count, text)
		}
		// Nothing was left out and nothing was added.
		again, err := Strokes(path(strokes))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(strokes) || len(path(strokes)) > len(text) {
			t.Fatalf("read as %v, and written and read again as %v, %v", strokes, again, err)
		}
		Drawn(strokes)
	})
}
