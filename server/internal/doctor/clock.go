package doctor

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// madeIn is a year in which this program was already in use: a clock before it
// is certainly wrong.
const madeIn = 2026

// A clock is as wrong as that at most; days and months hang on it.
const (
	clockSoon = 5 * time.Second
	clockNow  = 2 * time.Minute
)

// states of adjtimex(2).
const timeError = 5 // TIME_ERROR: the clock is not synchronised

func clock(now time.Time) Finding {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	synced := err == nil && state != timeError
	if !synced {
		_, stat := os.Stat("/run/systemd/timesync/synchronized")
		synced = stat == nil
	}
	return judgeClock(now, synced, err == nil)
}

func judgeClock(now time.Time, synced, told bool) Finding {
	const check = "clock"
	shown := now.UTC().Format("2006-01-02 15:04")
	switch {
	case now.Year() < madeIn || now.Year() > madeIn+30:
		return Finding{check, Now, "The clock says " + shown + " UTC, which can't be.", "Đồng hồ máy chỉ " + shown + " UTC, không thể đúng.",
			"Stop the server, set the clock by NTP, start again (RUNBOOK, “wrong clock”).", "Dừng máy chủ, chỉnh giờ bằng NTP rồi khởi động lại (RUNBOOK, “sai giờ”)."}
	case synced:
		return fine(check, "The clock is kept by NTP.", "Đồng hồ được NTP giữ đúng.")
	case !told:
		return unknown(check, "Whether the clock is kept by NTP can't be found out here.", "Ở đây không biết được đồng hồ có do NTP giữ hay không.")
	}
	return Finding{check, Soon, "Nobody keeps the clock true; days and months hang on it.", "Không có chương trình giữ đồng hồ đúng giờ; ngày và tháng phụ thuộc vào đó.",
		"timedatectl set-ntp true, or install chrony.", "Chạy timedatectl set-ntp true, hoặc cài chrony."}
}

// judgeOffset compares with the clock of who answered at the origin.
func judgeOffset(off time.Duration) Finding {
	const check = "clock_offset"
	off = off.Abs().Round(time.Second)
	en, vi := fmt.Sprintf("This clock and the origin's differ by %v.", off), fmt.Sprintf("Đồng hồ máy này và địa chỉ công khai lệch nhau %v.", off)
	switch {
	case off > clockNow:
		return Finding{check, Now, en, vi, "Find out which one is wrong and set it by NTP.", "Tìm xem bên nào sai và chỉnh bằng NTP."}
	case off > clockSoon:
		return Finding{check, Soon, en, vi, "Look at NTP on both machines.", "Kiểm tra NTP trên cả hai máy."}
	}
	return fine(check, en, vi)
}
