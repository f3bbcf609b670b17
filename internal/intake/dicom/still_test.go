package dicom

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const openDICOM = "../../../../shared/data/open/dicom"

func stillOf(t testing.TB, name string, frame int) (image.Image, error) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(openDICOM, name))
	if err != nil {
		t.Skip("the open images are not here")
	}
	return Still(t.Context(), bytes.NewReader(b), int64(len(b)), frame)
}

// TestOneImageStoredInManyWaysIsOnePicture holds the same image in several transfer
// syntaxes, written by others, against each other.
func TestOneImageStoredInManyWaysIsOnePicture(t *testing.T) {
	ct := "transfer-syntaxes/CTImage.dcm"
	for plain, others := range map[string][]string{
		"pydicom/MR_small.dcm": {"pydicom/MR_small_bigendian.dcm", "pydicom/MR_small_implicit.dcm", "pydicom/MR_small_RLE.dcm", "pydicom/MR_small_padded.dcm", "pydicom/MR_small_expb.dcm"},
		ct: {
			ct + "_BigEndianExplicitTransferSyntax_1.2.840.10008.1.2.2.dcm", ct + "_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm",
			ct + "_LittleEndianImplicitTransferSyntax_1.2.840.10008.1.2.dcm", ct + "_RLELosslessTransferSyntax_1.2.840.10008.1.2.5.dcm",
		},
		"pydicom/rtdose_1frame.dcm":     {"pydicom/rtdose_rle_1frame.dcm", "pydicom/rtdose_expb_1frame.dcm"},
		"pydicom/SC_rgb_small_odd.dcm":  {"pydicom/SC_rgb_small_odd_big_endian.dcm"},
		"pydicom/SC_rgb_rle_2frame.dcm": {"pydicom/SC_rgb_rle.dcm"},
		"pydicom/SC_rgb_rle_16bit.dcm":  {"pydicom/SC_rgb_rle.dcm"},
	} {
		want, err := stillOf(t, plain, 1)
		if err != nil {
			t.Errorf("%s: %v", plain, err)
			continue
		}
		shades := map[color.Color]bool{}
		for y := want.Bounds().Min.Y; y < want.Bounds().Max.Y; y++ {
			for x := want.Bounds().Min.X; x < want.Bounds().Max.X; x++ {
				shades[want.At(x, y)] = true
			}
		}
		if len(shades) < 3 {
			t.Errorf("%s has only %d shades", plain, len(shades))
		}
		for _, other := range others {
			got, err := stillOf(t, other, 1)
			if err != nil {
				t.Errorf("%s: %v", other, err)
				continue
			}
			if d := apart(want, got); d > 2 {
				t.Errorf("%s is not the picture of %s: %d apart", other, plain, d)
			}
		}
	}
}

// apart is by how much two pictures differ at most, of 255.
func apart(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return 256
	}
	most := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			r, g, u, _ := a.At(x, y).RGBA()
			s, h, v, _ := b.At(x, y).RGBA()
			for _, d := range []int{int(r>>8) - int(s>>8), int(g>>8) - int(h>>8), int(u>>8) - int(v>>8)} {
				most = max(most, d, -d)
			}
		}
	}
	return most
}

// TestEveryOpenImageIsDrawnOrSaidWhyNot opens every image of the open set.
func TestEveryOpenImageIsDrawnOrSaidWhyNot(t *testing.T) {
	drawn, stored := 0, 0
	err := filepath.WalkDir(openDICOM, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		v := View(context.Background(), bytes.NewReader(b), int64(len(b)))
		switch {
		case v.Drawn:
			drawn++
			for _, frame := range []int{1, (v.Frames + 1) / 2, v.Frames} {
				if _, err := Still(context.Background(), bytes.NewReader(b), int64(len(b)), frame); err != nil {
					t.Errorf("%s: frame %d of %d: %v", path, frame, v.Frames, err)
				}
			}
		case v.Why == "stored":
			stored++
			if v.How == "" {
				t.Errorf("%s: how it is stored is not said", path)
			}
		}
		return nil
	})
	if os.IsNotExist(err) {
		t.Skip("the open images are not here")
	}
	if err != nil || drawn < 60 || stored < 10 {
		t.Errorf("%d drawn, %d stored in other ways, %v", drawn, stored, err)
	}
	t.Logf("%d drawn, %d stored in ways that are not drawn here", drawn, stored)
}

// written is a small image in explicit little endian.
func written(light string, rows, columns, samples, bits int, pixels []byte, more ...string) []byte {
	b := append(make([]byte, 128), "DICM"...)
	put := func(g, e uint16, vr, v string) {
		if len(v)%2 == 1 {
			v += " "
		}
		b = binary.LittleEndian.AppendUint16(b, g)
		b = binary.LittleEndian.AppendUint16(b, e)
		b = append(b, vr...)
		if vr == "OW" {
			b = binary.LittleEndian.AppendUint32(append(b, 0, 0), uint32(len(v)))
		} else {
			b = binary.LittleEndian.AppendUint16(b, uint16(len(v)))
		}
		b = append(b, v...)
	}
	us := func(e uint16, n int) { put(0x28, e, "US", string(binary.LittleEndian.AppendUint16(nil, uint16(n)))) }
	put(2, 0x10, "UI", "1.2.840.10008.1.2.1\x00")
	put(8, 0x60, "CS", "CT")
	us(2, samples)
	put(0x28, 4, "CS", light)
	us(0x10, rows)
	us(0x11, columns)
	us(0x100, bits)
	us(0x101, bits)
	us(0x102, bits-1)
	us(0x103, 0)
	for i := 0; i+1 < len(more); i += 2 {
		put(0x28, map[string]uint16{"centre": 0x1050, "width": 0x1051}[more[i]], "DS", more[i+1])
	}
	put(0x7fe0, 0x10, "OW", string(pixels))
	return b
}

func TestAWindowTurnsValuesIntoShades(t *testing.T) {
	for name, c := range map[string]struct {
		file []byte
		want []uint8
	}{
		"darkest to brightest": {written("MONOCHROME2", 1, 4, 1, 8, []byte{10, 20, 30, 40}), []uint8{0, 85, 170, 255}},
		"turned about":         {written("MONOCHROME1", 1, 2, 1, 8, []byte{0, 255}), []uint8{255, 0}},
		"a window":             {written("MONOCHROME2", 1, 4, 1, 8, []byte{0, 100, 101, 255}, "centre", "101.5", "width", "3"), []uint8{0, 0, 128, 255}},
		"all alike":            {written("MONOCHROME2", 1, 2, 1, 8, []byte{7, 7}), []uint8{0, 0}},
	} {
		got, err := Still(t.Context(), bytes.NewReader(c.file), int64(len(c.file)), 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if pix := got.(*image.Gray).Pix; !bytes.Equal(pix, c.want) {
			t.Errorf("%s: %v, want %v", name, pix, c.want)
		}
	}
}

func TestAPictureLargerThanItsFileIsRefused(t *testing.T) {
	b := written("MONOCHROME2", 60000, 60000, 1, 8, []byte{1, 2})
	if _, err := Still(t.Context(), bytes.NewReader(b), int64(len(b)), 1); err == nil {
		t.Error("three thousand million pixels were drawn out of two")
	}
	b = written("MONOCHROME2", 1, 2, 1, 8, []byte{1, 2})
	if _, err := Still(t.Context(), bytes.NewReader(b), int64(len(b)), 2); err == nil {
		t.Error("a frame that is not there was drawn")
	}
}

func FuzzStill(f *testing.F) {
	f.Add(written("MONOCHROME2", 2, 2, 1, 8, []byte{1, 2, 3, 4}))
	f.Add(written("YBR_FULL_422", 1, 3, 3, 8, []byte{1, 2, 3, 4, 5, 6}))
	for _, name := range []string{"pydicom/MR_small_RLE.dcm", "pydicom/SC_rgb_small_odd_jpeg.dcm", "pydicom/examples_palette.dcm"} {
		if b, err := os.ReadFile(filepath.Join(openDICOM, name)); err == nil && len(b) < 64<<10 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v := View(t.Context(), bytes.NewReader(b), int64(len(b)))
		if strings.Contains(v.How, "\x00") {
			t.Error("a name holds a zero")
		}
		_, _ = Still(t.Context(), bytes.NewReader(b), int64(len(b)), 1)
	})
}
