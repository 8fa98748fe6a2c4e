//! What the command line does where disks are full, files are no files, readers
//! leave and processes are killed.
//!
//! Each room is about one kind of fault: `paths` of what stands where a file
//! should, `publishing` of an archive that is being put in place, `opened` of an
//! archive that changes while a server has it, `output` of standard output,
//! `usage` of arguments, `facts` of lines that are as long as they may be. `child` runs the binary under limits of memory, file
//! size and time.

#[cfg(target_os = "linux")]
#[path = "../support/mod.rs"]
mod support;

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod facts;
#[cfg(target_os = "linux")]
mod opened;
#[cfg(target_os = "linux")]
mod output;
#[cfg(target_os = "linux")]
mod paths;
#[cfg(target_os = "linux")]
mod publishing;
#[cfg(target_os = "linux")]
mod usage;

#[cfg(not(target_os = "linux"))]
#[test]
fn faults_are_made_on_linux_only() {
    println!("SKIPPED: the faults of these tests are made by means of Linux");
}
