# SPDX-License-Identifier: GPL-2.0-only
#
# Listings of gcov for several objects: the sum of lines and branches of each source file.

function trim(text)
{
	gsub(/^[ \t]+|[ \t]+$/, "", text)
	return text
}

function check(good, what)
{
	if (good) {
		passed++
	} else {
		failed++
		print "not ok " what | "sort -V"
	}
}

# Checks that can only fail in a broken kernel, and the patched-out branches of trace points.
function only_checks(source)
{
	return source ~ /WARN_ON|BUG_ON|lockdep_assert|trace_chan|might_sleep|might_fault|CHAN_CHECK/
}

BEGIN {
	while ((getline line < explained) > 0) {
		if (line ~ /^#/ || line !~ /#/)
			continue
		place = trim(substr(line, 1, match(line, /[ \t]+# [^#]*$/) - 1))
		by_chance[place] = line ~ /# by chance: [^#]*$/
	}
}

/^ *-: *0:Source:/ {
	file = substr($0, index($0, "Source:") + length("Source:"))
	next
}

# "    count:  number:source", where the count is "-" for no code and "#####" for never.
match($0, /^ *[^ :]+: *[0-9]+:/) {
	count = trim(substr($0, 1, index($0, ":") - 1))
	rest = substr($0, index($0, ":") + 1)
	number = trim(substr(rest, 1, index(rest, ":") - 1)) + 0
	source = trim(substr(rest, index(rest, ":") + 1))
	branch_of = file SUBSEP number
	if (number > 0 && count != "-") {
		lines[file, number] = source
		if (count !~ /#|=/)
			run[file, number] = 1
		if (number > last[file])
			last[file] = number
		files[file] = 1
	}
	next
}

# The same branch in another object of a header has the same place in the listing.
/^branch/ {
	if (only_checks(lines[branch_of]))
		next
	place = branch_of SUBSEP $2
	branches[place] = branch_of
	if ($0 !~ /never executed|taken 0( |$)/)
		taken[place] = 1
}

END {
	for (place in branches) {
		split(place, part, SUBSEP)
		all_branches[part[1]]++
		taken_branches[part[1]] += place in taken
	}
	printf "%-24s %8s %8s %10s %8s\n", "file", "lines", "run", "branches", "taken"
	sort = "sort -V"
	for (file in files) {
		all = done = 0
		for (number = 1; number <= last[file]; number++) {
			if (!((file, number) in lines))
				continue
			all++
			place = file ": " lines[file, number]
			if ((file, number) in run) {
				done++
				was_run[place] = 1
			} else {
				never[place] = file ":" number ": " lines[file, number]
			}
		}
		printf "%-24s %8d %7.1f%% %10d %7.1f%%\n", file, all, 100 * done / all, all_branches[file],
			all_branches[file] ? 100 * taken_branches[file] / all_branches[file] : 100 | sort
		sum += all
		sum_run += done
		sum_branches += all_branches[file]
		sum_taken += taken_branches[file]
	}
	close(sort)
	for (place in never)
		check(place in by_chance, "never run and not explained: " never[place])
	for (place in by_chance)
		check(place in never || (by_chance[place] && place in was_run),
		      "explained but run, or gone: " place)
	if (!sum) {
		print "nothing was counted"
		exit 1
	}
	printf "lines: %.1f %% of %d, branches: %.1f %% of %d\n", 100 * sum_run / sum, sum,
		100 * sum_taken / sum_branches, sum_branches
	check(100 * sum_run / sum >= least_lines, "less than " least_lines " % of lines were run")
	check(100 * sum_taken / sum_branches >= least_branches, "less than " least_branches " % of branches were taken")
	close("sort -V")
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0
}
